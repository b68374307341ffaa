import type { JobStatus } from '@kiln/domain';
import { and, asc, count, desc, eq, gt, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { jobs } from './schema.ts';

export type JobRow = typeof jobs.$inferSelect;

export interface JobFilter {
  readonly statuses?: readonly JobStatus[];
  readonly connector?: string;
  /** Children of this sweep; without it, jobs that are no children, or all if `children` says so. */
  readonly sweep?: number;
  readonly children?: boolean;
  /** Part of the connector's name, a parameter value or the job's number. */
  readonly text?: string;
}

export interface JobPage {
  readonly filter: JobFilter;
  readonly newestFirst: boolean;
  readonly limit: number;
  /** The id of the job that the page before ended with. */
  readonly after?: number;
}

/** At most `limit` of the owner's jobs after `after`. */
export function listJobs(db: Database, ownerId: string, page: JobPage): Promise<JobRow[]> {
  const beyond = page.after === undefined ? undefined : page.newestFirst ? lt(jobs.id, page.after) : gt(jobs.id, page.after);
  return db.orm
    .select()
    .from(jobs)
    .where(and(...matching(ownerId, page.filter), beyond))
    .orderBy(page.newestFirst ? desc(jobs.id) : asc(jobs.id))
    .limit(page.limit);
}

export async function countJobs(db: Database, ownerId: string, filter: JobFilter): Promise<number> {
  const [row] = await db.orm
    .select({ n: count() })
    .from(jobs)
    .where(and(...matching(ownerId, filter)));
  return row?.n ?? 0;
}

/** The job, if there is one and it is this owner's. */
export async function findJob(db: Database, ownerId: string, id: number): Promise<JobRow | null> {
  if (!Number.isInteger(id) || id < 1 || id > 2_147_483_647) return null;
  const [row] = await db.orm
    .select()
    .from(jobs)
    .where(and(eq(jobs.id, id), eq(jobs.ownerId, ownerId)));
  return row ?? null;
}

export async function findJobByKey(db: Database, ownerId: string, idempotencyKey: string): Promise<JobRow | null> {
  const [row] = await db.orm
    .select()
    .from(jobs)
    .where(and(eq(jobs.ownerId, ownerId), eq(jobs.idempotencyKey, idempotencyKey)));
  return row ?? null;
}

/** The owner's jobs, but for children of sweeps, with an event after `after`, as they are now, in the order of their newest events. */
export function jobsChangedAfter(db: Database, ownerId: string, after: number, limit: number): Promise<JobRow[]> {
  return db.orm
    .select()
    .from(jobs)
    .where(and(eq(jobs.ownerId, ownerId), isNull(jobs.sweepId), gt(jobs.lastSeq, after)))
    .orderBy(asc(jobs.lastSeq))
    .limit(limit);
}

function matching(ownerId: string, filter: JobFilter): (SQL | undefined)[] {
  return [
    eq(jobs.ownerId, ownerId),
    filter.statuses ? inArray(jobs.status, [...filter.statuses]) : undefined,
    filter.connector === undefined ? undefined : eq(jobs.connector, filter.connector),
    filter.sweep !== undefined ? eq(jobs.sweepId, filter.sweep) : filter.children ? undefined : isNull(jobs.sweepId),
    filter.text?.trim() ? textMatches(filter.text.trim()) : undefined,
  ];
}

function textMatches(text: string): SQL {
  const pattern = `%${text.replaceAll(/[\\%_]/g, '\\$&')}%`;
  return sql`(${jobs.connector} ilike ${pattern} or ${jobs.id}::text = ${text} or ${jobs.connector} || ${jobs.id} = ${text}
    or exists (select from json_each_text(${jobs.parameters}) as p where p.value ilike ${pattern}))`;
}
