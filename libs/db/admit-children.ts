import { eq, inArray, sql } from 'drizzle-orm';
import { appendJobEvents, type JobEvent } from './append-events.ts';
import type { Database } from './connect.ts';
import { enqueueAdvance } from './queue.ts';
import { restart } from './restart-job.ts';
import { jobs, sweeps } from './schema.ts';
import { inTransaction, type Transaction } from './transaction.ts';

/**
 * Whoever changes which children of a sweep run holds this until its transaction ends. It is taken before any job's row, so that no two
 * wait for each other. Its key is not to be changed: whoever saves a child twice in a transaction refers to the sweep, and holds the counter of
 * events by then.
 */
export async function lockSweep(tx: Transaction, sweepId: number): Promise<typeof sweeps.$inferSelect | undefined> {
  const [sweep] = await tx.select().from(sweeps).where(eq(sweeps.id, sweepId)).for('no key update');
  return sweep;
}

/** Begins children that wait, the first ones first, as far as the sweep may run more at once; returns their events. It must be locked. */
export async function admitChildren(tx: Transaction, sweepId: number): Promise<JobEvent[]> {
  const { rows } = await tx.execute<{ id: number }>(sql`
    select id from jobs where sweep_id = ${sweepId} and status = 'waiting' order by id
    limit greatest(0, (select at_most from sweeps where id = ${sweepId})
      - (select count(*) from jobs where sweep_id = ${sweepId} and status in ('active', 'blocked')))
    for update`);
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const admitted = await tx.select().from(jobs).where(inArray(jobs.id, ids)).orderBy(jobs.id);
  const events: JobEvent[] = [];
  for (const job of admitted) {
    const own = job.ending === null ? await begin(tx, job.id) : await restart(tx, job);
    events.push(...own.map((event) => ({ ...event, jobId: job.id })));
  }
  return events;
}

async function begin(tx: Transaction, id: number) {
  await tx
    .update(jobs)
    .set({ status: 'active', roundSince: sql`now()`, stageSince: sql`now()`, revision: sql`revision + 1` })
    .where(eq(jobs.id, id));
  await enqueueAdvance(tx, id);
  return [{ kind: 'job' as const, subject: 'status', from: 'waiting', to: 'active', message: 'It is its turn.' }];
}

/** Begins children of any sweep that could run and wait all the same; the net below all else. */
export async function admitForgotten(db: Database): Promise<void> {
  const { rows } = await db.orm.execute<{ id: number }>(sql`
    select s.id from sweeps s
    where exists (select from jobs j where j.sweep_id = s.id and j.status = 'waiting')
      and s.at_most > (select count(*) from jobs j where j.sweep_id = s.id and j.status in ('active', 'blocked'))
    order by s.id`);
  for (const { id } of rows) {
    await inTransaction(db, async (tx) => {
      await lockSweep(tx, id);
      await appendJobEvents(tx, await admitChildren(tx, id));
    });
  }
}
