import type { Parameters } from '@kiln/domain';
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { presets } from './schema-accounts.ts';

export type PresetRow = typeof presets.$inferSelect;

/** The preset that Kiln itself keeps: what the last job of the connector was submitted with. */
export const MOST_RECENT = 'Most recent values';

export interface NewPreset {
  readonly ownerId: string;
  readonly connector: string;
  readonly name: string;
  readonly parameters: Parameters;
}

/** The owner's presets of a connector; the most recent values first. */
export function listPresets(db: Database, ownerId: string, connector: string): Promise<PresetRow[]> {
  return db.orm
    .select()
    .from(presets)
    .where(and(eq(presets.ownerId, ownerId), eq(presets.connector, connector)))
    .orderBy(sql`${presets.name} <> ${MOST_RECENT}`, asc(presets.name));
}

/** Saves a preset in place of the one with the same name. */
export async function savePreset(db: Database, preset: NewPreset): Promise<PresetRow> {
  const [row] = await db.orm
    .insert(presets)
    .values(preset)
    .onConflictDoUpdate({
      target: [presets.ownerId, presets.connector, presets.name],
      set: { parameters: preset.parameters, updatedAt: sql`now()` },
    })
    .returning();
  if (!row) throw new Error('An upsert returned no row.');
  return row;
}

/** Returns false if the owner has no such preset. */
export async function deletePreset(db: Database, ownerId: string, id: string): Promise<boolean> {
  const rows = await db.orm
    .delete(presets)
    .where(and(sql`${presets.id}::text = ${id}`, eq(presets.ownerId, ownerId)))
    .returning({ id: presets.id });
  return rows.length > 0;
}
