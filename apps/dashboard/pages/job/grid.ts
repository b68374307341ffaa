import type { TaskState } from '@kiln/domain';
import type { JobEvent } from '../../lib/documents.ts';

/** The states of the tasks of one iteration, a byte each: task `firstNumber + i` is at `i`. */
export interface Grid {
  readonly iteration: number;
  readonly firstNumber: number;
  readonly states: Uint8Array;
}

/** In the order of their bytes, with the API's letters. */
export const CELL_STATES: readonly TaskState[] = ['waiting', 'scheduled', 'running', 'succeeded', 'failed', 'cancelled'];
const NAMES: readonly string[] = CELL_STATES;
const LETTERS = 'wcrsfx';

export function letterOf(state: TaskState): string {
  return LETTERS.charAt(CELL_STATES.indexOf(state));
}

export function toGrid(grid: { readonly iteration: number; readonly firstNumber: number; readonly states: string }): Grid {
  const { iteration, firstNumber, states } = grid;
  return { iteration, firstNumber, states: Uint8Array.from(states, (letter) => Math.max(0, LETTERS.indexOf(letter))) };
}

/** Applies what happened to tasks, in order, and gives the places that changed. Others' events and tasks elsewhere are passed over. */
export function applyEvents({ firstNumber, states }: Grid, events: readonly JobEvent[]): Set<number> {
  const changed = new Set<number>();
  for (const { kind, subject, to } of events) {
    if (kind !== 'task') continue;
    const at = Number(subject) - firstNumber;
    const next = to === null ? -1 : NAMES.indexOf(to);
    if (next < 0 || !(at >= 0 && at < states.length) || states[at] === next) continue;
    states[at] = next;
    changed.add(at);
  }
  return changed;
}

export function stateAt(grid: Grid, task: number): TaskState | null {
  const byte = grid.states[task - grid.firstNumber];
  return byte === undefined ? null : (CELL_STATES[byte] ?? null);
}

export function countStates({ states }: Grid): Record<TaskState, number> {
  const tally = new Uint32Array(CELL_STATES.length);
  for (const byte of states) tally[byte] = (tally[byte] ?? 0) + 1;
  const count = (state: TaskState) => tally[CELL_STATES.indexOf(state)] ?? 0;
  return {
    waiting: count('waiting'),
    scheduled: count('scheduled'),
    running: count('running'),
    succeeded: count('succeeded'),
    failed: count('failed'),
    cancelled: count('cancelled'),
  };
}
