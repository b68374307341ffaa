import {
  type Ending,
  FRESH,
  type Job,
  type JobStatus,
  KnownError,
  NO_BOOST,
  type Parameters,
  progressOfRetry,
  type TaskState,
} from '@kiln/domain';
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { appendEvents } from './append-events.ts';
import type { Database } from './connect.ts';
import { enqueueAdvance } from './queue.ts';
import { keepAttempts } from './save-tasks.ts';
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
  { platform, outputStorage }: Pick<NewJob, 'platform' | 'outputStorage'>,
): Promise<void> {
  const rows = await tx
    .select({ name: platforms.name })
    .from(platforms)
    .where(and(inArray(platforms.name, [platform, outputStorage]), isNull(platforms.deletedAt)))
    .for('key share');
  const gone = (name: string) => rows.every((row) => row.name !== name);
  if (gone(platform)) throw new KnownError('PLATFORM_UNAVAILABLE', 'The platform of this job was removed; submit it to another one.');
  if (gone(outputStorage))
    throw new KnownError('PLATFORM_UNAVAILABLE', 'The output storage of this job was removed; submit it with another one.');
}

async function existingJob(tx: Transaction, job: NewJob): Promise<number> {
  const [existing] = await tx
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.ownerId, job.ownerId), eq(jobs.idempotencyKey, job.idempotencyKey ?? '')));
  if (!existing) throw new KnownError('CONFLICT', 'The job with this idempotency key is just being removed; submit again.');
  return existing.id;
}

/** Sets a live job on its way to `destroy`; returns false if it is on its way already or has ended. */
export function requestCancel(db: Database, jobId: number): Promise<boolean> {
  const ending: Ending = { status: 'cancelled', code: 'CANCELLED', message: 'Cancelled by its owner.' };
  return inTransaction(db, async (tx) => {
    const { rows } = await tx.execute<{ status: JobStatus }>(sql`
      update jobs set ending = ${JSON.stringify(ending)}::jsonb, blocked = null, status = 'active', revision = jobs.revision + 1
      from (select id, status from jobs where id = ${jobId} for update) before
      where jobs.id = before.id and jobs.status in ('active', 'blocked') and jobs.ending is null
      returning before.status`);
    const [before] = rows;
    if (!before) return false;
    await enqueueAdvance(tx, jobId);
    await tx.execute(sql`select pg_notify('kiln_interrupts', ${String(jobId)})`);
    await appendEvents(tx, jobId, [
      { kind: 'note', subject: '', message: 'Cancel was asked for.' },
      ...(before.status === 'active' ? [] : [{ kind: 'job', subject: 'status', from: before.status, to: 'active' } as const]),
    ]);
    return true;
  });
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
    await refuseRemoved(tx, job);
    const reset = await resetTasks(
      tx,
      job,
      GROWN.some((name) => name in changed),
    );
    await tx
      .update(jobs)
      .set({
        stage: 'configure',
        status: 'active',
        ending: null,
        blocked: null,
        endedAt: null,
        parameters: { ...job.parameters, ...changed },
        round: job.round + 1,
        roundSince: sql`now()`,
        stageSince: sql`now()`,
        revision: job.revision + 1,
        workersLost: 0,
        progress: progressOfRetry({ ...FRESH, ...job.progress }),
      })
      .where(eq(jobs.id, jobId));
    await enqueueAdvance(tx, jobId);
    await appendEvents(tx, jobId, [
      { kind: 'job', subject: 'stage', from: job.stage, to: 'configure', message: 'Retry was asked for.' },
      { kind: 'job', subject: 'status', from: job.status, to: 'active' },
      ...reset,
    ]);
  });
}

/** What a task that lacked memory or time has more of on a retry. */
const GROWN = ['memory', 'walltime', 'task_time_limit'];

async function resetTasks(tx: Transaction, job: Pick<Job, 'id' | 'iteration'>, asAsked: boolean) {
  const boost = asAsked ? sql`${JSON.stringify(NO_BOOST)}::jsonb` : sql`boost`;
  const again = sql`job_id = ${job.id} and iteration = ${job.iteration} and not (state = 'succeeded' and collected)`;
  const { rows } = await tx.execute<{ number: number; state: TaskState }>(
    sql`select number, state from tasks where ${again} order by number`,
  );
  await tx.execute(keepAttempts(sql`select *, collected as logs from tasks where ${again} and started_at is not null`));
  await tx.execute(sql`
    update tasks
    set state = 'waiting', node = '', attempt = attempt + (started_at is not null)::int, retries = 0, not_before = null, avoid = null,
        boost = ${boost}, exit_code = null, failure = null, started_at = null, ended_at = null, collected = false
    where ${again}`);
  return rows.map(({ number, state }) => ({ kind: 'task' as const, subject: String(number), from: state, to: 'waiting' }));
}
