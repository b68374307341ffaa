import { DEFAULT_SETTINGS, type Platform, THIS_MACHINE } from '@kiln/domain';
import { and, asc, eq, isNull, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Database } from './connect.ts';
import { platforms } from './schema.ts';

/** Where results are kept, beside the platform that computes. */
export const storages = alias(platforms, 'storages');

const columnsOf = (table: typeof platforms | typeof storages) => ({
  name: table.name,
  kind: table.kind,
  provider: table.provider,
  description: table.description,
  slots: sql<number>`coalesce(${table.chosenSlots}, ${table.slots})`,
  maxNodes: table.maxNodes,
  connection: table.connection,
  bucket: table.bucket,
  url: table.url,
  curator: table.curator,
  cloud: table.cloud,
  settings: table.settings,
  facts: table.facts,
});

/** What a `Platform` is made of. */
export const platformColumns = columnsOf(platforms);
export const storageColumns = columnsOf(storages);

/** With what people are shown of it; never its secrets. */
const shownColumns = {
  ...platformColumns,
  ownerId: platforms.ownerId,
  state: platforms.state,
  findings: platforms.findings,
  checkedAt: platforms.checkedAt,
  hostKeys: platforms.hostKeys,
  publicKey: platforms.publicKey,
};

export type PlatformRow = Platform &
  Pick<typeof platforms.$inferSelect, 'ownerId' | 'state' | 'findings' | 'checkedAt' | 'hostKeys' | 'publicKey'>;

/** Null: everybody may use it. */
export type OwnedPlatform = Platform & Pick<PlatformRow, 'ownerId'>;

/** The platforms of a user and those of everybody, ready or not, by name. */
export function listPlatforms(db: Database, userId: string): Promise<PlatformRow[]> {
  return db.orm
    .select(shownColumns)
    .from(platforms)
    .where(and(isNull(platforms.deletedAt), or(isNull(platforms.ownerId), eq(platforms.ownerId, userId))))
    .orderBy(asc(platforms.name));
}

/** Whoever's it is; null if there is none of that name. */
export async function findPlatform(db: Database, name: string): Promise<PlatformRow | null> {
  const [row] = await db.orm
    .select(shownColumns)
    .from(platforms)
    .where(and(eq(platforms.name, name), isNull(platforms.deletedAt)));
  return row ?? null;
}

/** Registers the platforms that every installation has; `cores` of this machine become slots of `local`. */
export async function ensureBuiltins(db: Database, cores: number): Promise<void> {
  for (const builtin of builtins(cores)) {
    const { name, ...facts } = builtin;
    await db.orm.insert(platforms).values(builtin).onConflictDoUpdate({ target: platforms.name, set: facts });
  }
}

function builtins(cores: number): Platform[] {
  return [
    {
      ...THIS_MACHINE,
      name: 'local',
      kind: 'unix',
      description: 'This machine: tasks run as ordinary processes, as many at once as it has cores.',
      slots: cores,
      maxNodes: 1,
      settings: DEFAULT_SETTINGS,
    },
    {
      ...THIS_MACHINE,
      name: 'local-cloud',
      kind: 'cloud',
      description:
        'A cloud for trying things out: each of its machines is a folder of its own on this machine, made for a job and removed after it.',
      slots: 1,
      maxNodes: 16,
      settings: DEFAULT_SETTINGS,
    },
  ];
}
