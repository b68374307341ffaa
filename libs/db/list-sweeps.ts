import { hasEnded, JOB_STATUSES, type JobStatus } from '@kiln/domain';
import { and, asc, count, desc, eq, getTableColumns, gt, inArray, lt, sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import type { JobRow } from './jobs.ts';
import { jobs, sweeps } from './schema.ts';
import type { SweepRow } from './sweeps.ts';

/** A sweep and how its children fare. */
export interface SweepState extends SweepRow {
  readonly counts: Readonly<Record<JobStatus, number>> & { readonly total: number };
  /** Of all children together: live while one is. */
  readonly status: JobStatus;
  /** `seq` of the newest event of its children. */
  readonly lastSeq: number;
  readonly endedAt: string | null;
}

export interface SweepPage {
  readonly limit: number;
  /** The id of the sweep that the page before ended with. */
  readonly after?: number;
}

/** The owner's sweeps, newest first. */
export async function listSweeps(db: Database, ownerId: string, { limit, after }: SweepPage): Promise<SweepState[]> {
  const rows = await db.orm
    .select()
    .from(sweeps)
    .where(and(eq(sweeps.ownerId, ownerId), after === undefined ? undefined : lt(sweeps.id, after)))
    .orderBy(desc(sweeps.id))
    .limit(limit);
  return withState(db, rows);
}

export async function countSweeps(db: Database, ownerId: string): Promise<number> {
  const [row] = await db.orm.select({ n: count() }).from(sweeps).where(eq(sweeps.ownerId, ownerId));
  return row?.n ?? 0;
}

/** The sweep, if there is one and it is this owner's. */
export async function findSweep(db: Database, ownerId: string, id: number): Promise<SweepState | null> {
  if (!Number.isInteger(id) || id < 1 || id > 2_147_483_647) return null;
  const rows = await db.orm
    .select()
    .from(sweeps)
    .where(and(eq(sweeps.id, id), eq(sweeps.ownerId, ownerId)));
  return (await withState(db, rows))[0] ?? null;
}

export async function findSweepByKey(db: Database, ownerId: string, idempotencyKey: string): Promise<SweepState | null> {
  const rows = await db.orm
    .select()
    .from(sweeps)
    .where(and(eq(sweeps.ownerId, ownerId), eq(sweeps.idempotencyKey, idempotencyKey)));
  return (await withState(db, rows))[0] ?? null;
}

/** The owner's sweeps whose children have an event after `after`, in the order of their newest events. */
export async function sweepsChangedAfter(db: Database, ownerId: string, after: number, limit: number): Promise<SweepState[]> {
  const newest = sql<number>`(select max(${jobs.lastSeq}) from ${jobs} where ${jobs.sweepId} = ${sweeps.id})`;
  const rows = await db.orm
    .select(getTableColumns(sweeps))
    .from(sweeps)
    .where(and(eq(sweeps.ownerId, ownerId), gt(newest, after)))
    .orderBy(newest)
    .limit(limit);
  return withState(db, rows);
}

/** Children of a sweep with an event after `after`, as they are now, in the order of their newest events. */
export function childrenChangedAfter(db: Database, sweepId: number, after: number, limit: number): Promise<JobRow[]> {
  return db.orm
    .select()
    .from(jobs)
    .where(and(eq(jobs.sweepId, sweepId), gt(jobs.lastSeq, after)))
    .orderBy(asc(jobs.lastSeq))
    .limit(limit);
}

async function withState(db: Database, rows: readonly SweepRow[]): Promise<SweepState[]> {
  if (rows.length === 0) return [];
  const groups = await db.orm
    .select({
      sweepId: jobs.sweepId,
      status: jobs.status,
      n: count(),
      lastSeq: sql<number>`max(${jobs.lastSeq})::float8`,
      endedAt: sql<Date | string | null>`max(${jobs.endedAt})`,
    })
    .from(jobs)
    .where(
      inArray(
        jobs.sweepId,
        rows.map(({ id }) => id),
      ),
    )
    .groupBy(jobs.sweepId, jobs.status);
  return rows.map((row) =>
    stateOf(
      row,
      groups.filter(({ sweepId }) => sweepId === row.id),
    ),
  );
}

interface Group {
  readonly status: JobStatus;
  readonly n: number;
  readonly lastSeq: number;
  readonly endedAt: Date | string | null;
}

function stateOf(row: SweepRow, groups: readonly Group[]): SweepState {
  const of = (status: JobStatus) => groups.find((group) => group.status === status)?.n ?? 0;
  const counts = Object.fromEntries(JOB_STATUSES.map((status) => [status, of(status)])) as Record<JobStatus, number>; // from the list of all
  const status = statusOf(counts);
  const ends = groups.flatMap(({ endedAt }) => (endedAt === null ? [] : [new Date(endedAt).toISOString()]));
  return {
    ...row,
    counts: { ...counts, total: groups.reduce((sum, { n }) => sum + n, 0) },
    status,
    lastSeq: Math.max(0, ...groups.map((group) => group.lastSeq)),
    endedAt: hasEnded(status) ? (ends.sort().at(-1) ?? null) : null,
  };
}

function statusOf(counts: Readonly<Record<JobStatus, number>>): JobStatus {
  if (counts.active > 0) return 'active';
  if (counts.blocked > 0) return 'blocked';
  if (counts.waiting > 0) return 'waiting';
  if (counts.failed > 0) return 'failed';
  return counts.cancelled > 0 ? 'cancelled' : 'succeeded';
}
