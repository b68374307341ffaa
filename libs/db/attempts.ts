import type { TaskFailureCode } from '@kiln/domain';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import type { IterationRef } from './job-tasks.ts';
import { attempts } from './schema-runs.ts';

export type AttemptRow = typeof attempts.$inferSelect;

export interface TaskRef {
  readonly jobId: number;
  readonly number: number;
}

/** Earlier attempts of each of the tasks, in their order; of a task the first one first. */
export async function listAttempts(db: Database, tasks: readonly TaskRef[]): Promise<AttemptRow[][]> {
  const key = ({ jobId, number }: TaskRef) => `${jobId}/${number}`;
  const byTask = new Map<string, AttemptRow[]>(tasks.map((task) => [key(task), []]));
  for (const jobId of new Set(tasks.map((task) => task.jobId))) {
    const numbers = tasks.filter((task) => task.jobId === jobId).map(({ number }) => number);
    for (const row of await attemptsOf(db, jobId, numbers)) byTask.get(key(row))?.push(row);
  }
  return tasks.map((task) => byTask.get(key(task)) ?? []);
}

function attemptsOf(db: Database, jobId: number, numbers: readonly number[]): Promise<AttemptRow[]> {
  return db.orm
    .select()
    .from(attempts)
    .where(and(eq(attempts.jobId, jobId), inArray(attempts.number, [...numbers])))
    .orderBy(asc(attempts.number), asc(attempts.attempt));
}

/** One attempt; null if there is none. */
export async function findAttempt(db: Database, { jobId, number }: TaskRef, attempt: number): Promise<AttemptRow | null> {
  const [row] = await db.orm
    .select()
    .from(attempts)
    .where(and(eq(attempts.jobId, jobId), eq(attempts.number, number), eq(attempts.attempt, attempt)));
  return row ?? null;
}

export interface RetryCost {
  /** Attempts that were followed by another. */
  readonly attempts: number;
  /** Tasks that had more than one. */
  readonly tasks: number;
  /** Milliseconds that these attempts ran, by their nodes' clocks. */
  readonly lostMilliseconds: number;
}

/** What retries have cost each of the jobs, in their order. */
export async function retryCosts(db: Database, jobIds: readonly number[]): Promise<RetryCost[]> {
  const rows = await db.orm
    .select({
      jobId: attempts.jobId,
      attempts: sql<number>`count(*)::int`,
      tasks: sql<number>`count(distinct ${attempts.number})::int`,
      lostMilliseconds: sql<number>`coalesce(sum(greatest(0, extract(epoch from ${attempts.endedAt} - ${attempts.startedAt}) * 1000)), 0)::float8`,
    })
    .from(attempts)
    .where(inArray(attempts.jobId, [...new Set(jobIds)]))
    .groupBy(attempts.jobId);
  return jobIds.map((id) => rows.find((row) => row.jobId === id) ?? { attempts: 0, tasks: 0, lostMilliseconds: 0 });
}

export interface FailureCount {
  readonly code: TaskFailureCode;
  readonly count: number;
}

/** How many tasks of each of the iterations failed, in their order; of an iteration by code, the most frequent first. */
export async function countFailures(db: Database, iterations: readonly IterationRef[]): Promise<FailureCount[][]> {
  const { rows } = await db.orm.execute<{ job: number; iteration: number; code: TaskFailureCode; count: number }>(sql`
    select t.job_id as job, t.iteration, failure->>'code' as code, count(*)::int as count
    from (select distinct * from json_to_recordset(${JSON.stringify(iterations)}::json) as r("jobId" int, iteration int)) as r
    join tasks t on t.job_id = r."jobId" and t.iteration = r.iteration and t.state = 'failed' and t.failure is not null
    group by 1, 2, 3 order by 4 desc, 3`);
  return iterations.map(({ jobId, iteration }) =>
    rows.filter((row) => row.job === jobId && row.iteration === iteration).map(({ code, count }) => ({ code, count })),
  );
}
