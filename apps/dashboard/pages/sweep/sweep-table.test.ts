import { expect, test } from 'vitest';
import type { Child } from './documents.ts';
import { durationOf, numericNames, ordered, sweptNames } from './order.ts';
import { sampleChild as child } from './testing/sample-child.ts';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const ids = (children: readonly Child[]) => children.map(({ id }) => Number(id));

test('children are ordered by number, value, state or duration; what has no value comes last', () => {
  const children = [
    child(1, { point: { n: 10, word: 'b' }, status: 'succeeded', endedAt: '2026-01-01T00:00:05Z' }),
    child(2, { point: { n: 9, word: 'a' }, status: 'waiting', startedAt: null }),
    child(3, { point: { n: 9 }, status: 'failed', endedAt: '2026-01-01T00:00:01Z' }),
  ];
  expect(sweptNames(children)).toEqual(['n', 'word']);
  expect(ids(ordered(children, { by: 'job', descending: true }, NOW))).toEqual([3, 2, 1]);
  expect(ids(ordered(children, { by: 'point:n', descending: false }, NOW))).toEqual([2, 3, 1]);
  expect(ids(ordered(children, { by: 'point:word', descending: true }, NOW))).toEqual([1, 2, 3]);
  expect(ids(ordered(children, { by: 'status', descending: false }, NOW))).toEqual([2, 1, 3]);
  expect(ids(ordered(children, { by: 'duration', descending: true }, NOW))).toEqual([1, 3, 2]);
  expect(durationOf(child(4, {}), NOW)).toBe(60_000);
  expect(numericNames(children)).toEqual(['n']);
  const energy = { key: 'number:energy', read: ({ id }: Child) => (id === '2' ? null : -Number(id)) };
  expect(ids(ordered(children, { by: 'number:energy', descending: false }, NOW, [energy]))).toEqual([3, 1, 2]);
});
