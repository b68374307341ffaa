import { sql } from 'drizzle-orm';
import type { Transaction } from './transaction.ts';

/** Names of the queue's task types: `advance` steps a job, `answer` answers a question of the API. */
export const ADVANCE = 'advance';
export const ANSWER = 'answer';

/** The key and the serial queue of a job: one message at most waits, one worker at a time handles it. */
export const jobKey = (jobId: number): string => `job:${jobId}`;

/** Queues "advance this job" to be handled after `delay` milliseconds, in place of the message that waits already. */
export async function enqueueAdvance(tx: Pick<Transaction, 'execute'>, jobId: number, delay = 0): Promise<void> {
  await tx.execute(sql`
    select graphile_worker.add_job(
      ${ADVANCE}, payload := json_build_object('jobId', ${jobId}::int), queue_name := ${jobKey(jobId)}, job_key := ${jobKey(jobId)},
      run_at := now() + ${delay} * interval '1 millisecond', max_attempts := 32000)`);
}

/** Queues a question ahead of the jobs; it is tried once, for whoever asked does not wait long. */
export async function enqueueAnswer(tx: Pick<Transaction, 'execute'>, askId: string): Promise<void> {
  await tx.execute(sql`
    select graphile_worker.add_job(${ANSWER}, payload := json_build_object('askId', ${askId}::text), max_attempts := 1, priority := -10)`);
}

/** Gives every live job that has no message in the queue a new one; returns how many. The net below all else. */
export async function requeueForgotten(db: Pick<Transaction, 'execute'>): Promise<number> {
  const result = await db.execute(sql`
    select graphile_worker.add_job(
      ${ADVANCE}, payload := json_build_object('jobId', j.id), queue_name := 'job:' || j.id, job_key := 'job:' || j.id,
      max_attempts := 32000)
    from jobs j
    where j.status in ('active', 'blocked')
      and not exists (select from graphile_worker.jobs q where q.key = 'job:' || j.id)`);
  return result.rowCount ?? 0;
}
