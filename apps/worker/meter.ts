import type { Database } from '@kiln/db/connect';
import { saveTransfer } from '@kiln/db/transfers';
import type { Transfer, TransferDirection, World } from '@kiln/domain';

/** Milliseconds between two looks of people at how far it is. */
const PERIOD = 1000;

export interface Meter {
  readonly stream: World['metered'];
  /** Of what other machines move. */
  begin(direction: TransferDirection): Moved;
}

export interface Moved {
  /** More bytes have passed. */
  add(bytes: number): void;
  end(): Promise<void>;
}

/** Tells people, at most once a second, how much a job has moved; what takes less than that nobody sees. */
export function createMeter(db: Database, jobId: number, now: () => number = () => performance.now()): Meter {
  const moving: Record<TransferDirection, Moving> = { in: fresh(), home: fresh() };
  // Without it nothing is amiss but that people see an older one.
  const tell = (transfer: Transfer | null) => saveTransfer(db, jobId, transfer).catch(() => undefined);

  function begin(direction: TransferDirection): Moved {
    if (moving[direction].streams === 0) moving[direction] = { ...fresh(), toldAt: now() };
    const state = moving[direction];
    state.streams += 1;
    return {
      add(bytes) {
        state.bytes += bytes;
        const passed = now() - state.toldAt;
        if (passed < PERIOD || state.busy) return;
        const rate = Math.round(((state.bytes - state.toldBytes) / passed) * 1000);
        Object.assign(state, { toldAt: now(), toldBytes: state.bytes, busy: true });
        state.telling = tell({ direction, bytes: state.bytes, rate }).then(() => {
          state.busy = false;
        });
      },
      async end() {
        state.streams -= 1;
        await state.telling; // nothing comes after the last word
        if (state.streams === 0 && state.telling) await tell(null);
      },
    };
  }

  return {
    begin,
    async *stream(direction, pieces) {
      const moved = begin(direction);
      try {
        for await (const piece of pieces) {
          moved.add(piece.length);
          yield piece;
        }
      } finally {
        await moved.end();
      }
    },
  };
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
