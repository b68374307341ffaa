import { expect, test } from 'vitest';
import type { JobEvent } from '../../lib/documents.ts';
import { applyEvents, countStates, stateAt, toGrid } from './grid.ts';

test('transitions of tasks are applied in order, and the places that changed are told', () => {
  const grid = toGrid({ iteration: 1, firstNumber: 11, states: 'wwcs' });
  const changed = applyEvents(grid, [task(11, 'running'), task(11, 'succeeded'), task(13, 'failed'), task(14, 'succeeded')]);
  expect([...changed]).toEqual([0, 2]);
  expect([11, 12, 13, 14].map((number) => stateAt(grid, number))).toEqual(['succeeded', 'waiting', 'failed', 'succeeded']);
  expect(countStates(grid)).toMatchObject({ succeeded: 2, failed: 1, waiting: 1, running: 0 });
});

test('events of other iterations, of nodes and of unknown states change nothing', () => {
  const grid = toGrid({ iteration: 1, firstNumber: 11, states: 'ww' });
  const changed = applyEvents(grid, [task(10, 'failed'), task(13, 'failed'), task(11, 'novel'), { ...task(11, 'failed'), kind: 'node' }]);
  expect(changed.size).toBe(0);
});

function task(number: number, to: string): JobEvent {
  return { seq: 1, at: '2026-01-01T00:00:00Z', jobId: '1', kind: 'task', subject: String(number), from: null, to, message: null };
}
