import { KnownError } from '@kiln/domain';
import { eq, inArray, sql } from 'drizzle-orm';
import { appendEvents } from './append-events.ts';
import { lockPlatform, refuseWhileUsed, taken } from './change-platform.ts';
import type { Database } from './connect.ts';
import { liveJobsIn } from './platform-jobs.ts';
import { forgetCheck } from './queue.ts';
import { jobs, platforms } from './schema.ts';
import { presets } from './schema-accounts.ts';
import { tellPlatform } from './tell-platform.ts';
import { inTransaction, type Transaction } from './transaction.ts';

/**
 * Jobs of the past and presets go along.
 * @throws KnownError CONFLICT while jobs run there or it is checked, or if the name is taken
 */
export function renamePlatform(db: Database, name: string, to: string): Promise<void> {
  return inTransaction(db, async (tx) => {
    const { state } = await lockPlatform(tx, name);
    refuseWhileUsed(name, 'renamed', await liveJobsIn(tx, name));
    if (state === 'checking') throw new KnownError('CONFLICT', `'${name}' is just being checked; rename it when that is done.`);
    const others = await tx.select({ name: platforms.name }).from(platforms).where(eq(platforms.name, to));
    if (others.length > 0) throw taken(to);
    await tx.update(platforms).set({ name: to }).where(eq(platforms.name, name));
    for (const table of [jobs, presets]) {
      // In the order of its keys, which counts for sweeps.
      await tx.execute(sql`
        update ${table} set parameters = (
          select json_object_agg(
            key, case when key in ('platform', 'input_storage', 'output_storage', 'curator') and value #>> '{}' = ${name}
              then to_json(${to}::text) else value end)
          from json_each(parameters))
        where ${name} in (parameters->>'platform', parameters->>'input_storage', parameters->>'output_storage', parameters->>'curator')`);
    }
    await tellPlatform(tx, name);
    await tellPlatform(tx, to);
    await appendEvents(tx, null, [{ kind: 'platform', subject: to, from: state, to: state, message: `Renamed from '${name}'.` }]);
  });
}

/**
 * Its secrets are erased, those of a cloud once what Kiln made there is removed; its name is free again; jobs of the past name it as removed.
 * @throws KnownError CONFLICT while jobs run there
 */
export function deletePlatform(db: Database, name: string): Promise<void> {
  return inTransaction(db, async (tx) => {
    const { state, cloud } = await lockPlatform(tx, name);
    refuseWhileUsed(name, 'removed', await liveJobsIn(tx, name));
    await tx
      .update(platforms)
      .set({
        ...{ name: await removedName(tx, name), deletedAt: sql`now()`, enrolment: null, publicKey: null, hostKeys: [] },
        ...(cloud ? {} : { credential: null }), // a worker has to remove what Kiln made there, and erases it then
      })
      .where(eq(platforms.name, name));
    await forgetCheck(tx, name);
    await tellPlatform(tx, name);
    await appendEvents(tx, null, [{ kind: 'platform', subject: name, from: state, to: 'removed' }]);
  });
}

/** `cluster (removed)`, which nobody can register; `cluster (removed 2)` for its successor. */
async function removedName(tx: Transaction, name: string): Promise<string> {
  const candidates = Array.from({ length: 1000 }, (_, i) => (i === 0 ? `${name} (removed)` : `${name} (removed ${i + 1})`));
  const used = await tx.select({ name: platforms.name }).from(platforms).where(inArray(platforms.name, candidates));
  const free = candidates.find((candidate) => used.every((other) => other.name !== candidate));
  if (free === undefined) throw new KnownError('CONFLICT', `'${name}' was removed too often; rename it first.`);
  return free;
}
