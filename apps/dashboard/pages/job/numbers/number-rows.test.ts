import { expect, test } from 'vitest';
import { asNumbers, ordered, sheetOf } from './number-rows.ts';

const SHEET = sheetOf([
  {
    ...{ iteration: 0, more: true, tasks: [1, 2] },
    swept: [{ name: 'n', values: ['10', '9'] }],
    numbers: [{ name: 'energy', title: 'Energy', unit: 'eV', values: [0.5, null] }],
  },
  {
    ...{ iteration: 0, more: false, tasks: [3] },
    swept: [{ name: 'word', values: ['x'] }],
    numbers: [{ name: 'energy', title: 'Energy', unit: 'eV', values: [0.25] }],
  },
]);

test('tables with different columns become one sheet, in the order of their tasks', () => {
  expect(SHEET.columns.map(({ title }) => title)).toEqual(['n', 'word', 'Energy (eV)']);
  expect(SHEET.rows).toEqual([
    { task: 1, cells: ['10', null, 0.5] },
    { task: 2, cells: ['9', null, null] },
    { task: 3, cells: [null, 'x', 0.25] },
  ]);
});

test('rows are ordered by any column, and what is not known stays last', () => {
  const tasks = (column: number | null, descending: boolean) => ordered(SHEET.rows, { column, descending }).map(({ task }) => task);
  expect(tasks(null, true)).toEqual([3, 2, 1]);
  expect(tasks(0, false)).toEqual([2, 1, 3]);
  expect(tasks(2, false)).toEqual([3, 1, 2]);
  expect(tasks(2, true)).toEqual([1, 3, 2]);
});

test('a column is drawn if all of it that is known are numbers', () => {
  expect(asNumbers(SHEET.rows, 0)).toEqual([10, 9, null]);
  expect(asNumbers(SHEET.rows, 1)).toBeNull();
  expect(asNumbers(SHEET.rows, null)).toEqual([1, 2, 3]);
});
