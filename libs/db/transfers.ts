import type { Transfer } from '@kiln/domain';
import { eq } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { jobs } from './schema.ts';

/** Keeps what a job moves now, for people: no event and no revision tells of it, and whoever saves the step forgets it. */
export async function saveTransfer(db: Database, jobId: number, transfer: Transfer | null): Promise<void> {
  await db.orm.update(jobs).set({ transfer }).where(eq(jobs.id, jobId));
}
