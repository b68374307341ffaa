import type { Socket } from 'node:net';

export type Direction = 'to server' | 'to client';

/** The state of the network between both ends. */
export interface Network {
  delay: number;
  open: boolean;
  /** How many bytes may still pass; null for any number. */
  left: Record<Direction, number | null>;
  /** Called when the network is open again. */
  readonly opened: Set<() => void>;
}

/** How many bytes are on their way at most. */
const CAPACITY = 16 * 1024 * 1024;

type Parcel = { readonly due: number; readonly bytes: Buffer | 'end' | 'reset' };

/** Brings what `from` sends to `to`, in its order, as the network allows. */
export function relay(from: Socket, to: Socket, direction: Direction, network: Network): void {
  const parcels: Parcel[] = [];
  let size = 0;
  let timer: NodeJS.Timeout | null = null;

  const send = (bytes: Parcel['bytes']) => {
    parcels.push({ due: Date.now() + network.delay, bytes });
    size += bytes.length;
    if (size > CAPACITY) from.pause();
    deliver();
  };
  const deliver = () => {
    if (timer) return;
    for (let next = parcels[0]; next && network.open && !to.writableNeedDrain; next = parcels[0]) {
      const wait = next.due - Date.now();
      if (wait > 0) {
        timer = setTimeout(() => {
          timer = null;
          deliver();
        }, wait);
        return;
      }
      parcels.shift();
      size -= next.bytes.length;
      if (from.isPaused() && size <= CAPACITY) from.resume();
      hand(next.bytes);
    }
  };
  const hand = (bytes: Parcel['bytes']) => {
    if (bytes === 'end') return to.end();
    if (bytes === 'reset') return to.resetAndDestroy();
    const left = network.left[direction];
    to.write(left === null ? bytes : bytes.subarray(0, left));
    if (left === null) return;
    network.left[direction] = Math.max(0, left - bytes.length);
    if (bytes.length < left) return;
    network.left[direction] = null; // It happens once.
    to.end(() => to.resetAndDestroy()); // after what may still pass
    from.resetAndDestroy();
  };

  from.on('data', send);
  from.once('end', () => send('end'));
  from.once('error', () => send('reset'));
  to.on('drain', deliver);
  network.opened.add(deliver);
  to.once('close', () => {
    network.opened.delete(deliver);
    if (timer) clearTimeout(timer);
  });
}
