import { TASK_STATES, type TaskState } from '@kiln/domain';
import { and, asc, count, eq, gt, inArray, sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { jobs, tasks } from './schema.ts';

export type TaskRow = typeof tasks.$inferSelect;
export type StateCounts = Readonly<Record<TaskState, number>> & { readonly total: number };

export interface IterationRef {
  readonly jobId: number;
  readonly iteration: number;
}

export interface TaskPage extends IterationRef {
  readonly states?: readonly TaskState[];
  readonly limit: number;
  /** The number of the task that the page before ended with. */
  readonly after?: number;
}

/** Tasks by state for each of the iterations, in their order. */
export async function countTasks(db: Database, iterations: readonly IterationRef[]): Promise<StateCounts[]> {
  const rows = await db.orm.execute<{ job_id: number; iteration: number; state: TaskState; n: number }>(sql`
    select t.job_id, t.iteration, t.state, count(*)::int as n
    from (select distinct * from json_to_recordset(${JSON.stringify(iterations)}::json) as r("jobId" int, iteration int)) as r
    join tasks t on t.job_id = r."jobId" and t.iteration = r.iteration
    group by 1, 2, 3`);
  return iterations.map((ref) => sum(rows.rows.filter((row) => row.job_id === ref.jobId && row.iteration === ref.iteration)));
}

/** Tasks of the current iteration of each of the jobs, in their order, by node and state. */
export async function countTasksByNode(db: Database, jobIds: readonly number[]): Promise<Map<string, StateCounts>[]> {
  const rows = await db.orm
    .select({ jobId: tasks.jobId, node: tasks.node, state: tasks.state, n: count() })
    .from(tasks)
    .innerJoin(jobs, and(eq(jobs.id, tasks.jobId), eq(jobs.iteration, tasks.iteration)))
    .where(inArray(tasks.jobId, [...new Set(jobIds)]))
    .groupBy(tasks.jobId, tasks.node, tasks.state);
  const byJob = new Map([...new Set(jobIds)].map((id) => [id, byNode(rows.filter((row) => row.jobId === id))]));
  return jobIds.map((id) => byJob.get(id) ?? new Map());
}

function byNode(rows: readonly { node: string; state: TaskState; n: number }[]): Map<string, StateCounts> {
  const nodes = new Set(rows.map((row) => row.node));
  return new Map([...nodes].map((node) => [node, sum(rows.filter((row) => row.node === node))]));
}

function sum(rows: readonly { state: TaskState; n: number }[]): StateCounts {
  const counts = { waiting: 0, scheduled: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
  for (const row of rows) counts[row.state] += row.n;
  return { ...counts, total: TASK_STATES.reduce((total, state) => total + counts[state], 0) };
}

/** One letter for the state of each task, in the order of numbers, and the number of the first. */
export async function taskGrid(db: Database, { jobId, iteration }: IterationRef): Promise<{ firstNumber: number; states: string }> {
  const { rows } = await db.orm.execute<{ first: number | null; states: string | null }>(sql`
    select min(number) as first,
      string_agg(case state when 'scheduled' then 'c' when 'cancelled' then 'x' else left(state, 1) end, '' order by number) as states
    from tasks where job_id = ${jobId} and iteration = ${iteration}`);
  return { firstNumber: rows[0]?.first ?? 1, states: rows[0]?.states ?? '' };
}

export function listTasks(db: Database, page: TaskPage): Promise<TaskRow[]> {
  return db.orm
    .select()
    .from(tasks)
    .where(and(within(page), page.after === undefined ? undefined : gt(tasks.number, page.after)))
    .orderBy(asc(tasks.number))
    .limit(page.limit);
}

export async function countListedTasks(db: Database, page: Pick<TaskPage, 'jobId' | 'iteration' | 'states'>): Promise<number> {
  const [row] = await db.orm.select({ n: count() }).from(tasks).where(within(page));
  return row?.n ?? 0;
}

function within({ jobId, iteration, states }: Pick<TaskPage, 'jobId' | 'iteration' | 'states'>) {
  return and(eq(tasks.jobId, jobId), eq(tasks.iteration, iteration), states ? inArray(tasks.state, [...states]) : undefined);
}

export async function findTask(db: Database, jobId: number, number: number): Promise<TaskRow | null> {
  const [row] = await db.orm
    .select()
    .from(tasks)
    .where(and(eq(tasks.jobId, jobId), eq(tasks.number, number)));
  return row ?? null;
}
