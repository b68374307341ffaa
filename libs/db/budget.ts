import { type Budget, COST_DAYS } from '@kiln/domain';
import { and, eq, gt, isNotNull, isNull, or, sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { jobs, users } from './schema.ts';
import { nodes } from './schema-runs.ts';

/** What a user's machines may cost and do; null if there is no limit. Only the part of their time within the last `COST_DAYS` days counts. */
export async function loadBudget(db: Database, userId: string): Promise<Budget | null> {
  const limit = await costLimit(db, userId);
  return limit === null ? null : { limit, ...(await spending(db, userId)) };
}

export async function costLimit(db: Database, userId: string): Promise<number | null> {
  const [user] = await db.orm.select({ limit: users.costLimit }).from(users).where(eq(users.id, userId));
  return user?.limit ?? null;
}

export async function setCostLimit(db: Database, userId: string, limit: number | null): Promise<void> {
  await db.orm.update(users).set({ costLimit: limit }).where(eq(users.id, userId));
}

/** What a user's machines cost within the last `COST_DAYS` days, and in an hour as it is now. */
export async function spending(db: Database, userId: string): Promise<Pick<Budget, 'spent' | 'perHour'>> {
  const begin = sql`now() - make_interval(days => ${COST_DAYS})`;
  const time = sql`extract(epoch from coalesce(${nodes.goneAt}, now()) - greatest(${nodes.createdAt}, ${begin})) / 3600`;
  const [sums] = await db.orm
    .select({
      spent: sql<number>`coalesce(sum(${nodes.pricePerHour} * greatest(0, ${time})), 0)::float8`,
      perHour: sql<number>`coalesce(sum(${nodes.pricePerHour}) filter (where ${nodes.goneAt} is null), 0)::float8`,
    })
    .from(nodes)
    .innerJoin(jobs, eq(jobs.id, nodes.jobId))
    .where(and(eq(jobs.ownerId, userId), isNotNull(nodes.pricePerHour), or(isNull(nodes.goneAt), gt(nodes.goneAt, begin))));
  return sums ?? { spent: 0, perHour: 0 };
}
