import type { Database } from '@kiln/db/connect';
import { jobEventsBetween } from '@kiln/db/events';
import type { Event } from '@kiln/domain';
import { Feed } from '../feed.ts';
import type { Hub } from '../hub.ts';
import { stoppable } from '../stoppable.ts';

export const BATCH = 500;
const PACE = 50;

/**
 * The events of a job after `after`, each once, in batches: first what the database has, then live. The feed is open
 * before the gap is read, so that nothing falls between the two; a subscriber too slow for its feed reads a gap again.
 */
export function followJob(
  db: Database,
  hub: Hub,
  jobId: number,
  after: number,
  feed = new Feed(),
): AsyncIterableIterator<readonly Event[]> {
  const off = hub.on(`job ${jobId}`, (event) => event && feed.tell(event));
  return stoppable(run(), () => {
    off();
    feed.bell.close();
  });

  async function* run(): AsyncGenerator<readonly Event[], void> {
    let position = after;
    try {
      while (!feed.bell.closed) {
        feed.restart();
        const upTo = hub.seq;
        while (position < upTo && !feed.bell.closed) {
          const page = await jobEventsBetween(db, jobId, position, upTo, BATCH);
          position = page.length === BATCH ? (page.at(-1)?.seq ?? upTo) : upTo;
          if (page.length > 0) yield page;
        }
        for await (const batch of live()) {
          const fresh = batch.filter((event) => event.seq > position);
          position = Math.max(position, batch.at(-1)?.seq ?? 0);
          if (fresh.length > 0) yield fresh;
        }
      }
    } finally {
      off();
    }
  }

  /** What the feed gets, until it overflows or ends. */
  async function* live(): AsyncGenerator<readonly Event[], void> {
    for (;;) {
      const taken = await feed.take(BATCH);
      if (taken === 'overflowed' || taken.length === 0) return;
      yield taken;
      await feed.bell.pause(PACE);
    }
  }
}
