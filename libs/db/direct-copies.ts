import { and, eq, getTableColumns, inArray, notInArray, or, sql } from 'drizzle-orm';
import { appendEvents } from './append-events.ts';
import type { Database } from './connect.ts';
import { directCopies, events } from './schema-runs.ts';
import { workers } from './schema-workers.ts';
import { cleanValue } from './storable.ts';
import { inTransaction } from './transaction.ts';

export type DirectCopy = Omit<typeof directCopies.$inferSelect, 'startedAt'>;

/** Before anything of it is on a machine. */
export async function beginCopy(db: Database, copy: DirectCopy): Promise<void> {
  await db.orm.insert(directCopies).values(copy);
}

/** Nothing of it is left, as `note` tells in the job's history. Returns false and tells nothing if somebody else has ended it. */
export function forgetCopy(db: Database, { id, jobId }: Pick<DirectCopy, 'id' | 'jobId'>, note: string | null): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const { rowCount } = await tx.delete(directCopies).where(eq(directCopies.id, id));
    if (rowCount && note) await appendEvents(tx, jobId, [{ kind: 'note', subject: 'direct', message: cleanValue(note) }]);
    return rowCount === 1;
  });
}

/** Its worker could not remove everything. */
export async function leaveCopy(db: Database, id: string): Promise<void> {
  await db.orm.update(directCopies).set({ worker: '' }).where(eq(directCopies.id, id));
}

/** Whether a copy is still that worker's; from then on it is that of `next`. Of two who ask at once, one gets it. */
export async function claimCopy(db: Database, { id, worker }: Pick<DirectCopy, 'id' | 'worker'>, next: string): Promise<boolean> {
  const mine = and(eq(directCopies.id, id), eq(directCopies.worker, worker));
  const { rowCount } = await db.orm.update(directCopies).set({ worker: next }).where(mine);
  return rowCount === 1;
}

/** Copies that no living worker has, or that `own` has. */
export async function leftCopies(db: Database, own: string): Promise<readonly DirectCopy[]> {
  const { startedAt: _, ...columns } = getTableColumns(directCopies);
  return db.orm
    .select(columns)
    .from(directCopies)
    .where(or(eq(directCopies.worker, own), notInArray(directCopies.worker, db.orm.select({ id: workers.id }).from(workers))));
}

/** Of these numbers, those that nobody knows: of copies that were forgotten with the database. */
export async function unknownCopies(db: Database, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const rows = await db.orm
    .select({ id: directCopies.id })
    .from(directCopies)
    .where(inArray(sql`${directCopies.id}::text`, [...ids]));
  const known = new Set(rows.map(({ id }) => id));
  return ids.filter((id) => !known.has(id));
}

/** A sentence for a job's history, unless it is there already. */
export function noteOnce(db: Database, jobId: number, message: string): Promise<void> {
  return inTransaction(db, async (tx) => {
    const note = cleanValue(message);
    const told = await tx
      .select({ seq: events.seq })
      .from(events)
      .where(and(eq(events.jobId, jobId), eq(events.kind, 'note'), eq(events.subject, 'direct'), eq(events.message, note)))
      .limit(1);
    if (told.length === 0) await appendEvents(tx, jobId, [{ kind: 'note', subject: 'direct', message: note }]);
  });
}
