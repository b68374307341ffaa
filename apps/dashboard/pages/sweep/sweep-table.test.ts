import { expect, test } from 'vitest';
import { cellMap, worst } from './cells.ts';
import type { Child } from './documents.ts';
import { durationOf, ordered, sweptNames } from './order.ts';

function child(id: number, more: Partial<Child>): Child {
  const times = { createdAt: '2026-01-01T00:00:00Z', startedAt: '2026-01-01T00:00:00Z', endedAt: null };
  return {
    id: String(id),
    directory: `a${id}`,
    status: 'active',
    stage: 'wait',
    point: {},
    lastSeq: id,
    ending: null,
    blocked: null,
    ...times,
    ...more,
  };
}
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
});

test('a map has the children over two parameters, values in order, each cell with what most needs to be looked at', () => {
  const children = [
    child(1, { point: { a: 10, b: 'y' }, status: 'succeeded' }),
    child(2, { point: { a: 9, b: 'y', c: 1 }, status: 'succeeded' }),
    child(3, { point: { a: 9, b: 'y', c: 2 }, status: 'failed' }),
    child(4, { point: { a: 9 } }),
  ];
  const map = cellMap(children, 'a', 'b');
  expect([map.columns, map.rows]).toEqual([['9', '10'], ['y']]);
  const cell = map.at('9', 'y');
  expect(cell && [ids(cell.children), worst(cell)]).toEqual([[2, 3], 'failed']);
  expect(map.at('10', 'x')).toBeUndefined();
});
