import type { PlatformAction } from '@kiln/domain';
import { sql } from 'drizzle-orm';
import type { Transaction } from './transaction.ts';

/** Names of the queue's task types: `advance` steps a job, `answer` answers a question of the API, `check` looks at a platform. */
export const ADVANCE = 'advance';
export const ANSWER = 'answer';
export const CHECK = 'check';

/** The key and the serial queue of a job: one message at most waits, one worker at a time handles it. */
export const jobKey = (jobId: number): string => `job:${jobId}`;

/**
 * Queues "advance this job" to be handled after `delay` milliseconds, in place of the message that waits already. Children of sweeps give way
 * to other jobs: a sweep of a thousand does not keep a single job waiting.
 */
export async function enqueueAdvance(tx: Pick<Transaction, 'execute'>, jobId: number, delay = 0): Promise<void> {
  await tx.execute(sql`
    select graphile_worker.add_job(
      ${ADVANCE}, payload := json_build_object('jobId', ${jobId}::int), queue_name := ${jobKey(jobId)}, job_key := ${jobKey(jobId)},
      run_at := now() + ${delay} * interval '1 millisecond', max_attempts := 32000,
      priority := (select (sweep_id is not null)::int from jobs where id = ${jobId}))`);
}

/** Queues a question ahead of the jobs; it is tried once, for whoever asked does not wait long. */
export async function enqueueAnswer(tx: Pick<Transaction, 'execute'>, askId: string): Promise<void> {
  await tx.execute(sql`
    select graphile_worker.add_job(${ANSWER}, payload := json_build_object('askId', ${askId}::text), max_attempts := 1, priority := -10)`);
}

/** Queues "advance this job" for every blocked job that computes, stores or publishes on the platform, to be handled now; returns how many. */
export async function advanceBlocked(tx: Pick<Transaction, 'execute'>, platform: string): Promise<number> {
  const { rowCount } = await tx.execute(sql`
    select graphile_worker.add_job(
      ${ADVANCE}, payload := json_build_object('jobId', j.id), queue_name := 'job:' || j.id, job_key := 'job:' || j.id,
      max_attempts := 32000, priority := (j.sweep_id is not null)::int)
    from jobs j
    where j.status = 'blocked' and ${platform} in (j.platform, j.output_storage, j.parameters->>'input_storage', j.parameters->>'curator')`);
  return rowCount ?? 0;
}

const platformKey = (name: string): string => `platform:${name}`;

/** Queues a look at a platform, in place of the one that waits already. Somebody waits for it, so it goes before the jobs. */
export async function enqueueCheck(tx: Pick<Transaction, 'execute'>, platform: string, action: PlatformAction): Promise<void> {
  await tx.execute(sql`
    select graphile_worker.add_job(
      ${CHECK}, payload := json_build_object('platform', ${platform}::text, 'action', ${action}::text),
      queue_name := ${platformKey(platform)}, job_key := ${platformKey(platform)}, max_attempts := 5, priority := -5)`);
}

export async function forgetCheck(tx: Pick<Transaction, 'execute'>, platform: string): Promise<void> {
  await tx.execute(sql`select graphile_worker.remove_job(${platformKey(platform)})`);
}

/**
 * Gives every live job, and every platform that is to be checked, a new message if it has none in the queue, or one that the queue has
 * put off for long because its worker died or its database was away again and again; returns how many jobs. The net below all else.
 */
export async function requeueForgotten(db: Pick<Transaction, 'execute'>): Promise<number> {
  await requeueChecks(db);
  await removeSpent(db);
  const result = await db.execute(sql`
    select graphile_worker.add_job(
      ${ADVANCE}, payload := json_build_object('jobId', j.id), queue_name := 'job:' || j.id, job_key := 'job:' || j.id,
      max_attempts := 32000, priority := (j.sweep_id is not null)::int)
    from jobs j
    where j.status in ('active', 'blocked')
      and not exists (
        select from graphile_worker.jobs q
        where q.key = 'job:' || j.id and (q.locked_at is not null or q.attempts = 0 or q.run_at < now() + interval '1 minute'))`);
  return result.rowCount ?? 0;
}

/** Messages that were followed by another one before their worker died; the queue would keep them for ever. */
async function removeSpent(db: Pick<Transaction, 'execute'>): Promise<void> {
  await db.execute(sql`
    select graphile_worker.complete_jobs(array_agg(id)) from graphile_worker.jobs
    where task_identifier in (${ADVANCE}, ${ANSWER}) and key is null and locked_at is null and attempts >= max_attempts
    having count(*) > 0`);
}

async function requeueChecks(db: Pick<Transaction, 'execute'>): Promise<void> {
  const { rows } = await db.execute<{ name: string }>(sql`
    select p.name from platforms p
    where p.state = 'checking' and p.deleted_at is null and not exists (
      select from graphile_worker.jobs q
      where q.key = 'platform:' || p.name and (q.locked_at is not null or q.attempts < q.max_attempts))`);
  for (const { name } of rows) await enqueueCheck(db, name, 'check');
}
