import type { Database } from '@kiln/db/connect';
import type { JobRow } from '@kiln/db/jobs';
import { childrenChangedAfter, type SweepState, sweepsChangedAfter } from '@kiln/db/list-sweeps';
import { Bell } from '../bell.ts';
import type { Hub, Topic } from '../hub.ts';
import { stoppable } from '../stoppable.ts';

const BATCH = 500;
const PACE = 250;

/** Children of a sweep that changed after `after`, as they are when they are sent, four times a second at most. */
export function followChildren(db: Database, hub: Hub, sweepId: number, after: number): AsyncIterableIterator<readonly JobRow[]> {
  const load = (from: number) => hub.share(`children ${sweepId} ${from}`, () => childrenChangedAfter(db, sweepId, from, BATCH));
  return follow(hub, `sweep ${sweepId}`, after, load);
}

/** The owner's sweeps whose children changed after `after`, as they are when they are sent. */
export function followSweeps(db: Database, hub: Hub, ownerId: string, after = hub.seq): AsyncIterableIterator<readonly SweepState[]> {
  const load = (from: number) => hub.share(`sweeps ${ownerId} ${from}`, () => sweepsChangedAfter(db, ownerId, from, BATCH));
  return follow(hub, `sweeps of ${ownerId}`, after, load);
}

function follow<T extends { readonly lastSeq: number }>(
  hub: Hub,
  topic: Topic,
  after: number,
  load: (after: number) => Promise<readonly T[]>,
): AsyncIterableIterator<readonly T[]> {
  const bell = new Bell();
  const off = hub.on(topic, () => bell.ring());
  return stoppable(run(), () => {
    off();
    bell.close();
  });

  async function* run(): AsyncGenerator<readonly T[], void> {
    let position = after;
    try {
      while (!bell.closed) {
        const changed = await load(position);
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
