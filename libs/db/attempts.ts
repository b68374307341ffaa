import type { TaskFailureCode } from '@kiln/domain';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { attempts } from './schema-runs.ts';

export type AttemptRow = typeof attempts.$inferSelect;

/** Earlier attempts of each of these tasks of a job, in the order of `numbers`. */
export async function listAttempts(db: Database, jobId: number, numbers: readonly number[]): Promise<AttemptRow[][]> {
  const rows = await db.orm
    .select()
    .from(attempts)
    .where(and(eq(attempts.jobId, jobId), inArray(attempts.number, [...numbers])))
    .orderBy(asc(attempts.number), asc(attempts.attempt));
  const byTask = new Map<number, AttemptRow[]>(numbers.map((number) => [number, []]));
  for (const row of rows) byTask.get(row.number)?.push(row);
  return numbers.map((number) => byTask.get(number) ?? []);
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

/** How many tasks of an iteration failed, by code, the most frequent first. */
export async function countFailures(db: Database, jobId: number, iteration: number): Promise<FailureCount[]> {
  const { rows } = await db.orm.execute<{ code: TaskFailureCode; count: number }>(sql`
    select failure->>'code' as code, count(*)::int as count from tasks
    where job_id = ${jobId} and iteration = ${iteration} and state = 'failed' and failure is not null
    group by 1 order by 2 desc, 1`);
  return rows;
}
