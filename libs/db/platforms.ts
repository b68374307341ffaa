import type { Platform } from '@kiln/domain';
import { asc, eq, isNull, or } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { platforms } from './schema.ts';

/** The platforms that a user may use, by name. */
export function listPlatforms(db: Database, userId: string): Promise<Platform[]> {
  return db.orm
    .select({
      name: platforms.name,
      kind: platforms.kind,
      provider: platforms.provider,
      description: platforms.description,
      slots: platforms.slots,
      maxNodes: platforms.maxNodes,
    })
    .from(platforms)
    .where(or(isNull(platforms.ownerId), eq(platforms.ownerId, userId)))
    .orderBy(asc(platforms.name));
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
      name: 'local',
      kind: 'unix',
      provider: 'local',
      description: 'This machine: tasks run as ordinary processes, as many at once as it has cores.',
      slots: cores,
      maxNodes: 1,
    },
    {
      name: 'local-cloud',
      kind: 'cloud',
      provider: 'local',
      description:
        'A cloud for trying things out: each of its machines is a folder of its own on this machine, made for a job and removed after it.',
      slots: 1,
      maxNodes: 16,
    },
  ];
}
