import type { Database } from '@kiln/db/connect';
import { type JobRow, jobsChangedAfter } from '@kiln/db/jobs';
import { BATCH, followChanged } from '../follow-changed.ts';
import type { Hub } from '../hub.ts';

/** The owner's jobs that changed after `after`, but for children of sweeps. */
export function followJobs(db: Database, hub: Hub, ownerId: string, after = hub.seq): AsyncIterableIterator<readonly JobRow[]> {
  const load = (from: number) => hub.share(`changed ${ownerId} ${from}`, () => jobsChangedAfter(db, ownerId, from, BATCH));
  return followChanged(hub, { topic: `owner ${ownerId}`, pace: 100, after, load });
}
