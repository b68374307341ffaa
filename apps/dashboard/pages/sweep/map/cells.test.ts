import { expect, test } from 'vitest';
import type { Child } from '../documents.ts';
import { sampleChild as child } from '../testing/sample-child.ts';
import { axisOf, distinct } from './axis.ts';
import { cellMap, meanOf, only, worst } from './cells.ts';

const ids = (children: readonly Child[]) => children.map(({ id }) => Number(id));

test('a map has the children over two parameters, values in order, each cell with what most needs to be looked at', () => {
  const children = [
    child(1, { point: { a: 10, b: 'y' }, status: 'succeeded' }),
    child(2, { point: { a: 9, b: 'y', c: 1 }, status: 'succeeded' }),
    child(3, { point: { a: 9, b: 'y', c: 2 }, status: 'failed' }),
    child(4, { point: { a: 9 } }),
  ];
  const map = cellMap(children, 'a', 'b');
  expect([map.columns, map.rows]).toEqual([['9', '10'], ['y']]);
  const cell = map.at(0, 0);
  expect(cell && [ids(cell.children), worst(cell)]).toEqual([[2, 3], 'failed']);
  expect(map.at(0, 1)).toBeUndefined();
  expect(ids(only(children, { c: '2' }))).toEqual([3]);
});

test('a cell has the mean of the children that have the number', () => {
  const children = [1, 2, 3].map((id) => child(id, {}));
  expect(meanOf({ children }, ({ id }) => (id === '3' ? null : Number(id)))).toBe(1.5);
  expect(meanOf({ children }, () => null)).toBeNull();
});

test('few values are a label each; many numbers are ranges, of equal ratio where they span decades', () => {
  expect(axisOf([10, 9, undefined, 'x', 10]).labels).toEqual(['9', '10', 'x']);
  expect(axisOf([0, 1 / 7, 2 / 7]).labels).toEqual(['0', '0.1429', '0.2857']);
  const even = axisOf(Array.from({ length: 101 }, (_, at) => at));
  expect([even.labels.length, even.labels[0], even.labels.at(-1)]).toEqual([10, '0–10', '90–100']);
  expect([even.placeOf(0), even.placeOf(10), even.placeOf(99.9), even.placeOf(100), even.placeOf('x')]).toEqual([0, 1, 9, 9, -1]);
  const decades = axisOf(Array.from({ length: 101 }, (_, at) => 10 ** (at / 25)));
  expect([decades.labels[0], decades.placeOf(1), decades.placeOf(101), decades.placeOf(10_000)]).toEqual(['1–2.512', 0, 5, 9]);
  const uniform = axisOf(Array.from({ length: 500 }, (_, at) => (at + 1) / 1000));
  expect(uniform.labels[0]).toBe('0.001–0.02595');
  const narrow = axisOf(Array.from({ length: 101 }, (_, at) => 1 + at / 1e9));
  expect(new Set(narrow.labels).size).toBe(10);
  expect(distinct([10, 'x', 9, undefined, 10])).toEqual(['9', '10', 'x']);
});
