import type { TaskFailureCode } from '@kiln/domain';
import type { QueueState } from './scheduler.ts';

/**
 * sge_status(5), http://gridscheduler.sourceforge.net/htmlman/htmlman5/sge_status.html: a word has a letter for each thing that is so of
 * the job, and the first of these that it has says most: `hqw` is held, `Rr` runs again, `dr` is being deleted while it runs.
 */
const LETTERS = {
  E: 'error',
  d: 'ending',
  z: 'ended',
  s: 'suspended',
  S: 'suspended',
  T: 'suspended',
  N: 'suspended',
  P: 'suspended',
  t: 'starting',
  r: 'running',
  h: 'held',
  R: 'requeued',
  w: 'waiting',
  q: 'waiting',
} as const satisfies Readonly<Record<string, QueueState>>;

export function sgeState(word: string): QueueState {
  if (![...word].every((letter) => Object.hasOwn(LETTERS, letter))) return 'unknown';
  return Object.entries(LETTERS).find(([letter]) => word.includes(letter))?.[1] ?? 'unknown';
}

/**
 * sge_status(5): `failed` of accounting. Null: the element is not done, it will run again. `exit status`: it ran, and its exit status tells.
 * The time limit and the deletion of a running job both kill it by signal 9; only the time limit has a number of its own.
 */
export const SGE_FAILED: Readonly<Record<string, TaskFailureCode | 'exit status' | null>> = {
  0: 'exit status',
  12: 'exit status', // what went wrong in 12 to 16 came after the job
  13: 'exit status',
  14: 'exit status',
  15: 'exit status',
  16: 'exit status',
  17: 'SIGNAL',
  24: null, // migrating
  25: null, // rescheduling
  30: 'exit status',
  37: 'TIME_LIMIT',
  100: 'exit status', // killed: by qdel, for its memory, by itself; nothing tells which
};

/** All others: the machine could not start the script, or lost it. */
export function sgeFailed(code: string): TaskFailureCode | 'exit status' | null {
  return SGE_FAILED[code] === undefined ? 'NODE_FAILED' : SGE_FAILED[code];
}
