import { and, asc, eq, gt } from 'drizzle-orm';
import type { Database } from './connect.ts';
import type { IterationRef } from './job-tasks.ts';
import { tasks } from './schema.ts';

export type NumberRow = Pick<typeof tasks.$inferSelect, 'number' | 'values' | 'numbers'>;

export interface NumberPage extends IterationRef {
  readonly limit: number;
  /** The number of the task that the page before ended with. */
  readonly after: number;
}

/** What tasks that succeeded left, as far as it is home, in the order of their numbers. */
export function listNumbers(db: Database, { jobId, iteration, after, limit }: NumberPage): Promise<readonly NumberRow[]> {
  return db.orm
    .select({ number: tasks.number, values: tasks.values, numbers: tasks.numbers })
    .from(tasks)
    .where(
      and(
        eq(tasks.jobId, jobId),
        eq(tasks.iteration, iteration),
        eq(tasks.state, 'succeeded'),
        eq(tasks.collected, true),
        gt(tasks.number, after),
      ),
    )
    .orderBy(asc(tasks.number))
    .limit(limit);
}
