import { hasEnded, JOB_STATUSES } from '@kiln/domain';
import { and, asc, eq, inArray, or, sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { curatorOf } from './curator-of.ts';
import type { JobRow } from './jobs.ts';
import { advanceBlocked } from './queue.ts';
import { jobs } from './schema.ts';
import { tellPlatform } from './tell-platform.ts';
import { inTransaction, type Transaction } from './transaction.ts';

/** Jobs that have not ended and compute, store or publish on the platform, or take their input from there, oldest first. */
export function liveJobsOn(db: Database, platform: string): Promise<JobRow[]> {
  return liveJobsIn(db.orm, platform);
}

/** The same within a transaction. */
export function liveJobsIn(tx: Pick<Transaction, 'select'>, platform: string): Promise<JobRow[]> {
  return tx
    .select()
    .from(jobs)
    .where(
      and(
        inArray(jobs.status, LIVE),
        or(eq(jobs.platform, platform), eq(jobs.outputStorage, platform), eq(inputStorage, platform), eq(curatorOf, platform)),
      ),
    )
    .orderBy(asc(jobs.id));
}

const inputStorage = sql<string | null>`${jobs.parameters}->>'input_storage'`;

const LIVE = JOB_STATUSES.filter((status) => !hasEnded(status));

/** Those of them that store there: where their results are may not change. */
export async function storingJobsIn(tx: Pick<Transaction, 'select'>, platform: string): Promise<JobRow[]> {
  return (await liveJobsIn(tx, platform)).filter(({ outputStorage }) => outputStorage === platform);
}

export interface PlatformLoad {
  /** Jobs that have not ended. */
  readonly live: number;
  readonly blocked: number;
}

/** How many jobs compute on each of the platforms, in the order of `names`. */
export async function loadsOf(db: Database, names: readonly string[]): Promise<PlatformLoad[]> {
  const rows = await db.orm
    .select({
      name: jobs.platform,
      live: sql<number>`count(*)::int`,
      blocked: sql<number>`count(*) filter (where ${jobs.status} = 'blocked')::int`,
    })
    .from(jobs)
    .where(and(inArray(jobs.status, LIVE), inArray(jobs.platform, [...names])))
    .groupBy(jobs.platform);
  return names.map((name) => rows.find((row) => row.name === name) ?? { live: 0, blocked: 0 });
}

/** Has every job that is blocked on the platform tried again now, over fresh connections; returns how many those are. */
export function tryPlatform(db: Database, name: string): Promise<number> {
  return inTransaction(db, async (tx) => {
    const count = await advanceBlocked(tx, name);
    await tellPlatform(tx, name, { tryNow: true });
    return count;
  });
}
