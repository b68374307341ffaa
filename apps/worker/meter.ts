import type { Database } from '@kiln/db/connect';
import { saveTransfer } from '@kiln/db/transfers';
import type { Transfer, TransferDirection, World } from '@kiln/domain';

/** Milliseconds between two looks of people at how far it is. */
const PERIOD = 1000;

/** Tells people, at most once a second, how much a job has moved; what takes less than that nobody sees. */
export function createMeter(db: Database, jobId: number, now: () => number = () => performance.now()): World['metered'] {
  const moving: Record<TransferDirection, Moving> = { in: fresh(), home: fresh() };
  // Without it nothing is amiss but that people see an older one.
  const tell = (transfer: Transfer | null) => saveTransfer(db, jobId, transfer).catch(() => undefined);

  async function* metered(direction: TransferDirection, stream: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    if (moving[direction].streams === 0) moving[direction] = { ...fresh(), toldAt: now() };
    const state = moving[direction];
    state.streams += 1;
    try {
      for await (const piece of stream) {
        state.bytes += piece.length;
        const passed = now() - state.toldAt;
        if (passed >= PERIOD && !state.busy) {
          const rate = Math.round(((state.bytes - state.toldBytes) / passed) * 1000);
          Object.assign(state, { toldAt: now(), toldBytes: state.bytes, busy: true });
          state.telling = tell({ direction, bytes: state.bytes, rate }).then(() => {
            state.busy = false;
          });
        }
        yield piece;
      }
    } finally {
      state.streams -= 1;
      await state.telling; // nothing comes after the last word
      if (state.streams === 0 && state.telling) await tell(null);
    }
  }
  return metered;
}

interface Moving {
  /** How many of its streams are under way. */
  streams: number;
  bytes: number;
  toldAt: number;
  toldBytes: number;
  busy: boolean;
  telling: Promise<void> | null;
}

function fresh(): Moving {
  return { streams: 0, bytes: 0, toldAt: 0, toldBytes: 0, busy: false, telling: null };
}
