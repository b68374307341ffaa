import { useSyncExternalStore } from 'react';

/** `connecting` until the first connection; afterwards always one of the other two. */
export type ConnectionState = 'connecting' | 'live' | 'reconnecting';

let state: ConnectionState = 'connecting';
const listeners = new Set<() => void>();

export function setConnection(next: ConnectionState): void {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

export function useConnection(): ConnectionState {
  return useSyncExternalStore(subscribe, () => state);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
