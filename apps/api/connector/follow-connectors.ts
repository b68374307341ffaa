import type { Database } from '@kiln/db/connect';
import { connectorsNamedBetween } from '@kiln/db/events';
import { Bell } from '../bell.ts';
import type { Hub } from '../hub.ts';
import { stoppable } from '../stoppable.ts';

/** Names of connectors that change from now on. */
export function followConnectors(db: Database, hub: Hub): AsyncIterableIterator<string> {
  const bell = new Bell();
  const off = hub.on('connectors', () => bell.ring());
  return stoppable(run(hub.seq), () => {
    off();
    bell.close();
  });

  async function* run(after: number): AsyncGenerator<string, void> {
    let position = after;
    try {
      for (;;) {
        await bell.wait();
        if (bell.closed) return;
        const upTo = hub.seq;
        yield* new Set(await connectorsNamedBetween(db, position, upTo));
        position = upTo;
      }
    } finally {
      off();
    }
  }
}
