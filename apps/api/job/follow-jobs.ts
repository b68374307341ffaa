import type { Database } from '@kiln/db/connect';
import { type JobRow, jobsChangedAfter } from '@kiln/db/jobs';
import { Bell } from '../bell.ts';
import type { Hub } from '../hub.ts';
import { stoppable } from '../stoppable.ts';

const BATCH = 500;
const PACE = 100;

/**
 * The owner's jobs that changed after `after`, as they are when they are sent: however often a job changes, what is
 * sent is its latest state, ten times a second at most.
 */
export function followJobs(db: Database, hub: Hub, ownerId: string, after = hub.seq): AsyncIterableIterator<readonly JobRow[]> {
  const bell = new Bell();
  const off = hub.on(`owner ${ownerId}`, () => bell.ring());
  return stoppable(run(), () => {
    off();
    bell.close();
  });

  async function* run(): AsyncGenerator<readonly JobRow[], void> {
    let position = after;
    try {
      while (!bell.closed) {
        const from = position;
        const changed = await hub.share(`changed ${ownerId} ${from}`, () => jobsChangedAfter(db, ownerId, from, BATCH));
        position = changed.at(-1)?.lastSeq ?? position;
        if (changed.length > 0) {
          yield changed;
          await bell.pause(PACE);
        }
        if (changed.length < BATCH) await bell.wait();
      }
    } finally {
      off();
    }
  }
}
