import { createClient } from 'graphql-ws';
import { setConnection } from './connection.ts';

const PING_EVERY = 12_000;
const PONG_WITHIN = 6_000;

let failures = 0;
let silence: ReturnType<typeof setTimeout> | undefined;

/** One WebSocket for everything that is live. It closes a while after the last subscription, so that changing pages keeps it. */
export const socket = createClient({
  url: () => `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/graphql`,
  retryAttempts: 0, // `follow` tries again, from where it was
  lazyCloseTimeout: 10_000,
  keepAlive: PING_EVERY,
  on: {
    connected: () => {
      failures = 0;
      setConnection('live');
    },
    closed: () => {
      clearTimeout(silence);
      failures += 1;
      setConnection('reconnecting');
    },
    // A machine that slept, or a network that went away, leaves a connection that never says that it is gone.
    ping: (received) => {
      if (!received) silence = setTimeout(() => socket.terminate(), PONG_WITHIN);
    },
    pong: () => clearTimeout(silence),
  },
});

addEventListener('offline', () => socket.terminate());

/** Waits longer after each failure in a row, 10 s at most; a network that comes back ends the wait. */
export function backOff(signal: AbortSignal): Promise<void> {
  const delay = Math.min(10_000, 300 * 2 ** Math.min(failures, 6)) * (0.75 + Math.random() / 2);
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delay);
    addEventListener('online', done);
    signal.addEventListener('abort', done);
  });
}
