import { FRESH, KnownError, MAX_CHILDREN, type Parameters, type Point, samePoint, sweepDirectory } from '@kiln/domain';
import { and, eq, sql } from 'drizzle-orm';
import { admitChildren, lockSweep } from './admit-children.ts';
import { appendJobEvents, type JobEvent } from './append-events.ts';
import type { Database } from './connect.ts';
import { jobs, sweeps } from './schema.ts';
import { cancelRunning, cancelWaiting, refuseRemoved } from './submit.ts';
import { inTransaction, type Transaction } from './transaction.ts';

export type SweepRow = typeof sweeps.$inferSelect;
export type NewSweep = Pick<
  SweepRow,
  'ownerId' | 'connector' | 'version' | 'outputStorage' | 'outputPath' | 'parameters' | 'over' | 'atMost'
> & {
  readonly idempotencyKey?: string;
};

export interface NewChild {
  readonly platform: string;
  readonly parameters: Parameters;
  readonly point: Point;
}

/** Children that are written with one statement. */
const AT_ONCE = 500;

/**
 * Writes the sweep and all its children in one transaction: it is there whole or not at all. An owner's idempotency key gives the same
 * sweep again. @throws KnownError PLATFORM_UNAVAILABLE if a platform of a child was removed
 */
export function insertSweep(db: Database, sweep: NewSweep, children: readonly NewChild[]): Promise<{ id: number; existed: boolean }> {
  return inTransaction(db, async (tx) => {
    const [inserted] = await tx
      .insert(sweeps)
      .values(sweep)
      .onConflictDoNothing({ target: [sweeps.ownerId, sweeps.idempotencyKey] })
      .returning();
    if (!inserted) return { id: await existingSweep(tx, sweep), existed: true };
    const events = await insertChildren(tx, inserted, children);
    await appendJobEvents(tx, [...events, ...(await admitChildren(tx, inserted.id))]);
    return { id: inserted.id, existed: false };
  });
}

async function existingSweep(tx: Transaction, { ownerId, idempotencyKey }: NewSweep): Promise<number> {
  const [existing] = await tx
    .select({ id: sweeps.id })
    .from(sweeps)
    .where(and(eq(sweeps.ownerId, ownerId), eq(sweeps.idempotencyKey, idempotencyKey ?? '')));
  if (!existing) throw new KnownError('CONFLICT', 'The sweep with this idempotency key is just being removed; submit again.');
  return existing.id;
}

async function insertChildren(tx: Transaction, sweep: SweepRow, children: readonly NewChild[]): Promise<JobEvent[]> {
  const places = new Map(children.map((child) => [JSON.stringify([child.platform, child.parameters['input_storage']]), child]));
  for (const { platform, parameters } of places.values())
    await refuseRemoved(tx, { platform, outputStorage: sweep.outputStorage, parameters });
  const outputPath = [...sweep.outputPath.split('/').filter(Boolean), sweepDirectory(sweep)].join('/');
  const ids: number[] = [];
  for (let at = 0; at < children.length; at += AT_ONCE) {
    const some = JSON.stringify(children.slice(at, at + AT_ONCE));
    const { rows } = await tx.execute<{ id: number }>(sql`
      insert into jobs (owner_id, connector, version, platform, output_storage, output_path, parameters, maximum_iterations, sweep_id, point, status, progress)
      select ${sweep.ownerId}, ${sweep.connector}, ${sweep.version}, c.platform, ${sweep.outputStorage}, ${outputPath}, c.parameters,
        nullif((c.parameters->>'maximum_iterations')::int, 0), ${sweep.id}, c.point, 'waiting', ${JSON.stringify(FRESH)}::jsonb
      from rows from (json_to_recordset(${some}::json) as (platform text, parameters json, point json))
        with ordinality as c(platform, parameters, point, n)
      order by c.n
      returning id`);
    ids.push(...rows.map(({ id }) => id));
  }
  const submitted = { kind: 'job', subject: 'status', to: 'waiting', message: `Submitted with sweep ${sweep.id}.` } as const;
  return ids.map((id) => ({ ...submitted, jobId: id }));
}

/**
 * Adds children to a sweep, but none whose point it has already: asking twice adds them once. Returns how many were added.
 * @throws KnownError TOO_MANY_TASKS, PLATFORM_UNAVAILABLE
 */
export function extendSweep(db: Database, sweepId: number, over: unknown, children: readonly NewChild[]): Promise<number> {
  return inTransaction(db, async (tx) => {
    const sweep = await lockSweep(tx, sweepId);
    if (!sweep) throw new KnownError('NOT_FOUND', `There is no sweep ${sweepId}.`);
    const known = await tx.select({ point: jobs.point }).from(jobs).where(eq(jobs.sweepId, sweepId));
    const points = new Set(known.map(({ point }) => samePoint(point ?? {})));
    const fresh = children.filter(({ point }) => !points.has(samePoint(point)));
    if (fresh.length === 0) return 0;
    if (known.length + fresh.length > MAX_CHILDREN) {
      const most = MAX_CHILDREN.toLocaleString('en');
      throw new KnownError(
        'TOO_MANY_TASKS',
        `Sweep ${sweepId} has ${known.length} jobs and would have ${fresh.length} more; it may have ${most}.`,
      );
    }
    await tx
      .update(sweeps)
      .set({ over: [...sweep.over, over] })
      .where(eq(sweeps.id, sweepId));
    const events = await insertChildren(tx, sweep, fresh);
    await appendJobEvents(tx, [...events, ...(await admitChildren(tx, sweepId))]);
    return fresh.length;
  });
}

/** Ends all that waits and sets all that runs on its way to `destroy`; returns how many jobs that were. */
export function requestCancelOfSweep(db: Database, sweepId: number): Promise<number> {
  return inTransaction(db, async (tx) => {
    await lockSweep(tx, sweepId);
    const which = sql`sweep_id = ${sweepId}`;
    const events = [...(await cancelWaiting(tx, which)), ...(await cancelRunning(tx, which))];
    await appendJobEvents(tx, events);
    return events.length;
  });
}

/**
 * Children that failed or were cancelled wait for their turn again, and then go on with the tasks that did not succeed.
 * @throws KnownError CONFLICT if there are none, or only such whose platform was removed
 */
export function requestRetryOfSweep(db: Database, sweepId: number): Promise<number> {
  return inTransaction(db, async (tx) => {
    await lockSweep(tx, sweepId);
    const { rows } = await tx.execute<{ id: number; from: string }>(sql`
      with again as (
        select j.id, j.status from jobs j join platforms p on p.name = j.platform
        where j.sweep_id = ${sweepId} and j.status in ('failed', 'cancelled') and p.deleted_at is null
        order by j.id for update of j for key share of p
      )
      update jobs set status = 'waiting', blocked = null, ended_at = null, revision = revision + 1
      from again where jobs.id = again.id returning jobs.id, again.status as "from"`);
    if (rows.length === 0) {
      throw new KnownError(
        'CONFLICT',
        `Sweep ${sweepId} has no job to be retried: none failed or was cancelled on a platform that is still there.`,
      );
    }
    const events = rows
      .toSorted((a, b) => a.id - b.id)
      .map(
        ({ id, from }): JobEvent => ({ jobId: id, kind: 'job', subject: 'status', from, to: 'waiting', message: 'Retry was asked for.' }),
      );
    await appendJobEvents(tx, [...events, ...(await admitChildren(tx, sweepId))]);
    return rows.length;
  });
}

/** So many of its children may run at once from now on; those that run already go on. */
export function requestAtMost(db: Database, sweepId: number, atMost: number): Promise<void> {
  return inTransaction(db, async (tx) => {
    await lockSweep(tx, sweepId);
    await tx.update(sweeps).set({ atMost }).where(eq(sweeps.id, sweepId));
    await appendJobEvents(tx, await admitChildren(tx, sweepId));
  });
}
