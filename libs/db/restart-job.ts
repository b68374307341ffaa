import { FRESH, type Job, NO_BOOST, type Parameters, progressOfRetry, type TaskState } from '@kiln/domain';
import { eq, sql } from 'drizzle-orm';
import type { NewEvent } from './append-events.ts';
import type { JobRow } from './jobs.ts';
import { enqueueAdvance } from './queue.ts';
import { keepAttempts } from './save-tasks.ts';
import { jobs } from './schema.ts';
import type { Transaction } from './transaction.ts';

/** Starts a job that has ended again at `configure`, for what did not succeed, with some other parameters; returns its events. */
export async function restart(tx: Transaction, job: JobRow, changed: Parameters = {}): Promise<NewEvent[]> {
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
      ...publishedAgain(job, reset[0]?.subject),
    })
    .where(eq(jobs.id, job.id));
  await enqueueAdvance(tx, job.id);
  return [
    { kind: 'job', subject: 'stage', from: job.stage, to: 'configure', message: 'Retry was asked for.' },
    { kind: 'job', subject: 'status', from: job.status, to: 'active' },
    ...reset,
  ];
}

/** What tasks of the last iteration leave now is published, too; what is there already is found again. `first` is the first of them. */
function publishedAgain({ curation, iteration }: JobRow, first: string | undefined): Partial<Pick<JobRow, 'curation'>> {
  if (!curation || first === undefined || curation.inputs || curation.iteration !== iteration) return {};
  return { curation: { ...curation, task: Math.min(curation.task, Number(first) - 1) } };
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
