import { expect, test } from 'vitest';
import { layOut, moved, placeAt } from './grid-layout.ts';

test('cells shrink until all fit, and the smallest may be higher', () => {
  expect(layOut(8, 1200, 260)).toMatchObject({ pitch: 30, rows: 1 });
  const many = layOut(10_000, 1200, 260);
  expect(many.rows * many.pitch).toBeLessThanOrEqual(260);
  expect(layOut(100_000, 360, 260)).toMatchObject({ pitch: 2 });
});

test('a point leads to the cell below it, and to none beside the cells', () => {
  const layout = layOut(8, 100, 260);
  expect(placeAt(layout, 8, 31, 31)).toBe(layout.columns + 1);
  expect(placeAt(layout, 8, 99, 5)).toBeNull();
  expect(placeAt(layout, 8, 31, 200)).toBeNull();
});

test('the keys move within the grid', () => {
  expect(moved('ArrowDown', 2, 20, 5)).toBe(7);
  expect(moved('ArrowUp', 2, 20, 5)).toBe(0);
  expect(moved('End', 2, 20, 5)).toBe(19);
  expect(moved('a', 2, 20, 5)).toBeNull();
});
