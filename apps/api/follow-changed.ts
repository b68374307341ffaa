import { Bell } from './bell.ts';
import type { Hub, Topic } from './hub.ts';
import { stoppable } from './stoppable.ts';

/** The most that one look brings. */
export const BATCH = 500;

interface Following<T> {
  /** What is rung when there may be something new. */
  readonly topic: Topic;
  /** Milliseconds between two batches. */
  readonly pace: number;
  readonly after: number;
  /** What changed after a sequence number, in the order of newest events; `BATCH` at most. */
  load(after: number): Promise<readonly T[]>;
}

/** What changes, as it is when it is sent: however often it changes, what is sent is its latest state, once in `pace` at most. */
export function followChanged<T extends { readonly lastSeq: number }>(
  hub: Hub,
  { topic, pace, after, load }: Following<T>,
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
          await bell.pause(pace);
        }
        if (changed.length < BATCH) await bell.wait();
      }
    } finally {
      off();
    }
  }
}
