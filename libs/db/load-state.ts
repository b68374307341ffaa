import { type Job, type Node, type Platform, TASK_STATES, type Task, type TaskCounts, type TaskQuery } from '@kiln/domain';
import { and, asc, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { platformColumns } from './platforms.ts';
import { jobs, nodes, platforms, tasks } from './schema.ts';

/** What the database knows of a job, for a step of it. */
export interface StoredState {
  readonly job: Job;
  readonly platform: Platform;
  readonly output: { readonly storage: string; readonly path: string };
  readonly nodes: readonly Node[];
  readonly counts: TaskCounts;
}

/** Null if there is no such job. */
export async function loadState(db: Database, jobId: number): Promise<StoredState | null> {
  const [row] = await db.orm
    .select({ job: jobs, platform: platformColumns })
    .from(jobs)
    .innerJoin(platforms, eq(platforms.name, jobs.platform))
    .where(eq(jobs.id, jobId));
  if (!row) return null;
  const [found, counts] = await Promise.all([
    db.orm.select().from(nodes).where(eq(nodes.jobId, jobId)).orderBy(nodes.createdAt, nodes.name),
    countTasks(db, jobId, row.job.iteration),
  ]);
  const { outputStorage: storage, outputPath: path, ...job } = row.job;
  return { job, platform: row.platform, output: { storage, path }, nodes: found, counts };
}

async function countTasks(db: Database, jobId: number, iteration: number): Promise<TaskCounts> {
  const rows = await db.orm
    .select({
      state: tasks.state,
      count: sql<number>`count(*)::int`,
      unassigned: sql<number>`count(*) filter (where ${tasks.state} = 'waiting' and ${tasks.node} = '')::int`,
      uncollected: sql<number>`count(*) filter (where not ${tasks.collected} and ${tasks.startedAt} is not null and ${tasks.state} in ('succeeded', 'failed'))::int`,
    })
    .from(tasks)
    .where(and(eq(tasks.jobId, jobId), eq(tasks.iteration, iteration)))
    .groupBy(tasks.state);
  const count = (state: string) => rows.find((row) => row.state === state)?.count ?? 0;
  const sum = (key: 'unassigned' | 'uncollected') => rows.reduce((total, row) => total + row[key], 0);
  const states = Object.fromEntries(TASK_STATES.map((state) => [state, count(state)])) as Record<(typeof TASK_STATES)[number], number>; // from the list of all
  return { ...states, unassigned: sum('unassigned'), uncollected: sum('uncollected') };
}

/** Tasks of a job in the order of their numbers. */
export function loadTasks(db: Database, jobId: number, query: TaskQuery): Promise<readonly Task[]> {
  const { iteration, states, node, uncollected, limit } = query;
  const found = db.orm
    .select()
    .from(tasks)
    .where(
      and(
        eq(tasks.jobId, jobId),
        eq(tasks.iteration, iteration),
        inArray(tasks.state, [...states]),
        node === undefined ? undefined : eq(tasks.node, node),
        uncollected ? and(eq(tasks.collected, false), isNotNull(tasks.startedAt)) : undefined,
      ),
    )
    .orderBy(asc(tasks.number));
  return limit === undefined ? found : found.limit(limit);
}

export async function loadTask(db: Database, jobId: number, number: number): Promise<Task | null> {
  const [task] = await db.orm
    .select()
    .from(tasks)
    .where(and(eq(tasks.jobId, jobId), eq(tasks.number, number)));
  return task ?? null;
}
