import { curationOf, type Ending, FRESH, type JobStatus, KnownError, type Parameters, type Point } from '@kiln/domain';
import { and, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm';
import { appendEvents, appendJobEvents, type JobEvent } from './append-events.ts';
import type { Database } from './connect.ts';
import { enqueueAdvance } from './queue.ts';
import { restart } from './restart-job.ts';
import { jobs, platforms } from './schema.ts';
import { inTransaction, type Transaction } from './transaction.ts';

export interface NewJob {
  readonly ownerId: string;
  readonly connector: string;
  readonly version: string;
  readonly platform: string;
  readonly outputStorage: string;
  readonly outputPath: string;
  readonly parameters: Parameters;
  readonly idempotencyKey?: string;
  readonly retryOf?: number;
  /** Values that its tasks have besides the parameters. */
  readonly point?: Point | null;
}

/** Writes the job, its first event and its queue message together. An owner's idempotency key gives the same job again. */
export function insertJob(db: Database, job: NewJob): Promise<{ id: number; existed: boolean }> {
  return inTransaction(db, async (tx) => {
    const maximumIterations = Number(job.parameters['maximum_iterations'] ?? 0) || null;
    const [inserted] = await tx
      .insert(jobs)
      .values({ ...job, maximumIterations, progress: FRESH })
      .onConflictDoNothing({ target: [jobs.ownerId, jobs.idempotencyKey] })
      .returning({ id: jobs.id });
    if (!inserted) return { id: await existingJob(tx, job), existed: true };
    await refuseRemoved(tx, job);
    await enqueueAdvance(tx, inserted.id);
    await appendEvents(tx, inserted.id, [{ kind: 'job', subject: 'status', to: 'active', message: 'Submitted.' }]);
    return { id: inserted.id, existed: false };
  });
}

/** A platform that is removed later, or at this moment, waits for this transaction and finds the job. */
export async function refuseRemoved(
  tx: Transaction,
  { platform, outputStorage, parameters }: Pick<NewJob, 'platform' | 'outputStorage' | 'parameters'>,
): Promise<void> {
  const { input_storage: inputStorage } = parameters;
  const input = typeof inputStorage === 'string' ? [inputStorage] : [];
  const curator = curationOf(parameters)?.curator ?? null;
  const named = [platform, outputStorage, ...input, ...(curator === null ? [] : [curator])];
  const rows = await tx
    .select({ name: platforms.name })
    .from(platforms)
    .where(and(inArray(platforms.name, named), isNull(platforms.deletedAt)))
    .for('key share');
  const gone = (name: string) => rows.every((row) => row.name !== name);
  if (gone(platform)) throw new KnownError('PLATFORM_UNAVAILABLE', 'The platform of this job was removed; submit it to another one.');
  if (gone(outputStorage))
    throw new KnownError('PLATFORM_UNAVAILABLE', 'The output storage of this job was removed; submit it with another one.');
  if (curator !== null && gone(curator))
    throw new KnownError('PLATFORM_UNAVAILABLE', 'The MyTardis of this job was removed; submit it with another one, or with none.');
  if (input.some(gone))
    throw new KnownError('PLATFORM_UNAVAILABLE', 'The input storage of this job was removed; submit it with another one.');
}

async function existingJob(tx: Transaction, job: NewJob): Promise<number> {
  const [existing] = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.ownerId, job.ownerId), eq(jobs.idempotencyKey, job.idempotencyKey ?? '')));
  if (!existing) throw new KnownError('CONFLICT', 'The job with this idempotency key is just being removed; submit again.');
  return existing.id;
}

/** Sets a live job on its way to `destroy`, and ends one that waits; returns false if it is on its way already or has ended. */
export function requestCancel(db: Database, jobId: number): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const which = sql`id = ${jobId}`;
    const events = [...(await cancelWaiting(tx, which)), ...(await cancelRunning(tx, which))];
    await appendJobEvents(tx, events);
    return events.length > 0;
  });
}

const CANCELLED: Ending = { status: 'cancelled', code: 'CANCELLED', message: 'Cancelled by its owner.' };

/** Nothing of these was ever begun, or all of it has ended before. */
export async function cancelWaiting(tx: Transaction, which: SQL): Promise<JobEvent[]> {
  const { rows } = await tx.execute<{ id: number }>(sql`
    update jobs set status = 'cancelled', ending = ${JSON.stringify(CANCELLED)}::jsonb, ended_at = now(), round_since = now(), revision = revision + 1
    where status = 'waiting' and ${which} returning id`);
  const move = { kind: 'job', subject: 'status', from: 'waiting', to: 'cancelled', message: CANCELLED.message } as const;
  return rows.map(({ id }) => ({ ...move, jobId: id }));
}

/** They end when a worker has seen that nothing of them is left. */
export async function cancelRunning(tx: Transaction, which: SQL): Promise<JobEvent[]> {
  const { rows } = await tx.execute<{ id: number; status: JobStatus }>(sql`
    update jobs set ending = ${JSON.stringify(CANCELLED)}::jsonb, blocked = null, status = 'active', revision = jobs.revision + 1
    from (select id, status from jobs where status in ('active', 'blocked') and ending is null and ${which} for update) before
    where jobs.id = before.id and jobs.status in ('active', 'blocked') and jobs.ending is null
    returning jobs.id, before.status`);
  for (const { id } of rows) {
    await enqueueAdvance(tx, id);
    await tx.execute(sql`select pg_notify('kiln_interrupts', ${String(id)})`);
  }
  return rows.flatMap(({ id, status }): JobEvent[] => [
    { jobId: id, kind: 'note', subject: '', message: 'Cancel was asked for.' },
    ...(status === 'active' ? [] : [{ jobId: id, kind: 'job', subject: 'status', from: status, to: 'active' } as const]),
  ]);
}

/**
 * Starts a failed or cancelled job again at `configure`: tasks that did not succeed, or whose results were lost,
 * become `waiting`; the others stay. `changed` are parameters that it has other values for from now on.
 * @throws KnownError CONFLICT if the job has not ended, or succeeded; PLATFORM_UNAVAILABLE if its platform was removed
 */
export function requestRetry(db: Database, jobId: number, changed: Parameters = {}): Promise<void> {
  return inTransaction(db, async (tx) => {
    const [job] = await tx.select().from(jobs).where(eq(jobs.id, jobId)).for('update');
    if (!job) throw new KnownError('NOT_FOUND', `There is no job ${jobId}.`);
    if (job.status !== 'failed' && job.status !== 'cancelled') {
      const why = job.status === 'succeeded' ? 'every task of it succeeded' : 'it has not ended yet';
      throw new KnownError('CONFLICT', `Job ${jobId} cannot be retried: ${why}.`);
    }
    await refuseRemoved(tx, { ...job, parameters: {} }); // its input may be home already; if not, it says so itself
    await appendEvents(tx, jobId, await restart(tx, job, changed));
  });
}
