import {
  type Budget,
  curationOf,
  FRESH,
  type IterationRecord,
  type Job,
  type Node,
  type Parameters,
  type Platform,
  TASK_STATES,
  type Task,
  type TaskCounts,
  type TaskQuery,
} from '@kiln/domain';
import { and, asc, eq, gt, inArray, sql } from 'drizzle-orm';
import { loadBudget } from './budget.ts';
import type { Database } from './connect.ts';
import { findPlatform, type OwnedPlatform, platformColumns, storageColumns, storages } from './platforms.ts';
import { jobs, platforms, tasks } from './schema.ts';
import { iterations, nodes } from './schema-runs.ts';

/** What the database knows of a job, for a step of it. */
export interface StoredState {
  readonly job: Job;
  readonly platform: Platform;
  readonly output: Output;
  /** Where its results are published; null if they are not. */
  readonly curator: Platform | null;
  /** Where its input is, if it has any; null for a storage that was removed. */
  readonly input: { readonly platform: OwnedPlatform | null; readonly storage: string; readonly path: string } | null;
  /** Of the job that it is a branch of. */
  readonly origin: { readonly job: Pick<Job, 'connector' | 'id'>; readonly output: Output } | null;
  readonly nodes: readonly Node[];
  readonly counts: TaskCounts;
  /** Of its owner; null if there is no limit, or the platform costs nothing. */
  readonly budget: Budget | null;
  /** How many workers in a row have died while they took a step of it. */
  readonly workersLost: number;
  /** The database's clock in milliseconds since 1970, as all that is stored of time is compared with it; it goes on from the look. */
  readonly now: () => number;
}

interface Output {
  readonly storage: Platform;
  readonly path: string;
}

/** Whether nobody has saved a step of a job since it had this revision. */
export async function isCurrent(db: Database, { id, revision }: Pick<Job, 'id' | 'revision'>): Promise<boolean> {
  const rows = await db.orm
    .select({ id: jobs.id })
    .from(jobs)
    .where(and(eq(jobs.id, id), eq(jobs.revision, revision)));
  return rows.length > 0;
}

/** Null if there is no such job. */
export async function loadState(db: Database, jobId: number): Promise<StoredState | null> {
  const [row] = await db.orm
    .select({
      job: jobs,
      platform: platformColumns,
      storage: storageColumns,
      now: sql<number>`(extract(epoch from now()) * 1000)::float8`,
    })
    .from(jobs)
    .innerJoin(platforms, eq(platforms.name, jobs.platform))
    .innerJoin(storages, eq(storages.name, jobs.outputStorage))
    .where(eq(jobs.id, jobId));
  if (!row) return null;
  const seen = performance.now();
  const [found, counts, origin, input, curator, budget] = await Promise.all([
    db.orm.select().from(nodes).where(eq(nodes.jobId, jobId)).orderBy(nodes.createdAt, nodes.name),
    countTasks(db, jobId, row.job.iteration),
    row.job.branchOf ? originOf(db, row.job.branchOf.job) : null,
    inputOf(db, row.job.parameters),
    loadCurator(db, row.job.parameters),
    row.platform.cloud?.pricePerHour ? loadBudget(db, row.job.ownerId) : null,
  ]);
  const { outputStorage: _storage, outputPath: path, workersLost, transfer: _transfer, ...job } = row.job;
  const known = { ...job, progress: { ...FRESH, ...job.progress } };
  return {
    job: known,
    platform: row.platform,
    output: { storage: row.storage, path },
    curator,
    input,
    origin,
    nodes: found,
    counts,
    budget,
    workersLost,
    now: () => Math.round(row.now + performance.now() - seen),
  };
}

async function loadCurator(db: Database, parameters: Job['parameters']): Promise<Platform | null> {
  const wanted = curationOf(parameters);
  if (!wanted) return null;
  const [row] = await db.orm.select(platformColumns).from(platforms).where(eq(platforms.name, wanted.curator));
  return row ?? null;
}

async function inputOf(db: Database, { input_storage: storage, input_path: path }: Parameters): Promise<StoredState['input']> {
  if (typeof storage !== 'string' || typeof path !== 'string') return null;
  return { platform: await findPlatform(db, storage), storage, path };
}

async function originOf(db: Database, jobId: number): Promise<StoredState['origin']> {
  const [row] = await db.orm
    .select({ id: jobs.id, connector: jobs.connector, storage: storageColumns, path: jobs.outputPath })
    .from(jobs)
    .innerJoin(storages, eq(storages.name, jobs.outputStorage))
    .where(eq(jobs.id, jobId));
  return row ? { job: { id: row.id, connector: row.connector }, output: { storage: row.storage, path: row.path } } : null;
}

async function countTasks(db: Database, jobId: number, iteration: number): Promise<TaskCounts> {
  const rows = await db.orm
    .select({
      state: tasks.state,
      node: tasks.node,
      count: sql<number>`count(*)::int`,
      unassigned: sql<number>`count(*) filter (where ${tasks.state} = 'waiting' and ${tasks.node} = '' and ${isDue})::int`,
      assigned: sql<number>`count(*) filter (where ${tasks.state} = 'waiting' and ${tasks.node} <> '')::int`,
      uncollected: sql<number>`count(*) filter (where not ${tasks.collected} and ${tasks.state} in ('succeeded', 'failed'))::int`,
      restsFor: sql<
        number | null
      >`extract(epoch from min(${tasks.notBefore}) filter (where ${tasks.state} = 'waiting' and ${tasks.node} = '' and not ${isDue})
        - now())::float8 * 1000`,
    })
    .from(tasks)
    .where(and(eq(tasks.jobId, jobId), eq(tasks.iteration, iteration)))
    .groupBy(tasks.state, tasks.node);
  const count = (state: string) => rows.reduce((total, row) => total + (row.state === state ? row.count : 0), 0);
  const sum = (key: 'unassigned' | 'assigned' | 'uncollected') => rows.reduce((total, row) => total + row[key], 0);
  const restsFor = rows.find((row) => row.restsFor !== null)?.restsFor ?? null; // only those that wait without a node have one
  const states = Object.fromEntries(TASK_STATES.map((state) => [state, count(state)])) as Record<(typeof TASK_STATES)[number], number>; // from the list of all
  const busy: Record<string, number> = {};
  for (const { state, node, count } of rows) if (state === 'scheduled' || state === 'running') busy[node] = (busy[node] ?? 0) + count;
  return {
    ...states,
    busy,
    unassigned: sum('unassigned'),
    assigned: sum('assigned'),
    uncollected: sum('uncollected'),
    restsFor,
  };
}

const isDue = sql`coalesce(${tasks.notBefore} <= now(), true)`;

/** Tasks of a job in the order of their numbers. */
export function loadTasks(db: Database, jobId: number, query: TaskQuery): Promise<readonly Task[]> {
  const { iteration, states, node, wave, due, uncollected, after, limit } = query;
  const found = db.orm
    .select()
    .from(tasks)
    .where(
      and(
        eq(tasks.jobId, jobId),
        eq(tasks.iteration, iteration),
        inArray(tasks.state, [...states]),
        node === undefined ? undefined : eq(tasks.node, node),
        wave === undefined ? undefined : eq(tasks.wave, wave),
        due ? isDue : undefined,
        uncollected ? eq(tasks.collected, false) : undefined,
        after === undefined ? undefined : gt(tasks.number, after),
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

/** What the iterations of a job came to so far, the first one first. */
export function loadIterations(db: Database, jobId: number): Promise<readonly IterationRecord[]> {
  return db.orm
    .select({
      iteration: iterations.iteration,
      criterion: iterations.criterion,
      scores: iterations.scores,
      kept: iterations.kept,
      inputs: iterations.inputs,
      ending: iterations.ending,
      note: iterations.note,
    })
    .from(iterations)
    .where(eq(iterations.jobId, jobId))
    .orderBy(asc(iterations.iteration));
}
