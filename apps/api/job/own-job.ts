import type { Caller } from '@kiln/db/accounts';
import type { Database } from '@kiln/db/connect';
import { findJob, type JobRow } from '@kiln/db/jobs';
import { KnownError } from '@kiln/domain';

interface Asking {
  readonly db: Database;
  readonly caller: Caller;
}

/** The caller's job; null if there is none or it is somebody else's. */
export async function seenJob({ db, caller }: Asking, id: string): Promise<JobRow | null> {
  return /^[1-9]\d{0,9}$/.test(id) ? findJob(db, caller.user.id, Number(id)) : null;
}

/** @throws KnownError NOT_FOUND, also for somebody else's job: nobody learns what others have. */
export async function ownJob(asking: Asking, id: string): Promise<JobRow> {
  const job = await seenJob(asking, id);
  if (!job) throw new KnownError('NOT_FOUND', `You have no job ${id.slice(0, 20)}.`);
  return job;
}
