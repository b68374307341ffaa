import { expect, test } from 'vitest';
import { iterationTicks, lastOfAxis, scaleOf, short } from './scale.ts';

test('values within two decades stand on a linear axis with round ticks', () => {
  const { log, ticks, place } = scaleOf([0.31, 0.9, 0.42]);
  expect(log).toBe(false);
  expect(ticks).toEqual([0.2, 0.4, 0.6, 0.8, 1]);
  expect(place(0.2)).toBeCloseTo(0);
  expect(place(0.6)).toBeCloseTo(0.5);
});

test('values over more than two decades stand on decades', () => {
  const { log, ticks, place } = scaleOf([2.5, 0.004]);
  expect(log).toBe(true);
  expect(ticks).toEqual([0.001, 0.01, 0.1, 1, 10]);
  expect(place(0.1)).toBeCloseTo(0.5);
  expect(scaleOf([1e-30, 1]).ticks.length).toBeLessThanOrEqual(7);
});

test('many values stand on decades only if most of them are small', () => {
  expect(scaleOf(Array.from({ length: 1000 }, (_, at) => at + 1)).log).toBe(false);
  expect(scaleOf(Array.from({ length: 1000 }, (_, at) => 10 ** (at / 300))).log).toBe(true);
});

test('zeroes and negative values have no logarithm', () => {
  expect(scaleOf([0, 1000]).log).toBe(false);
  expect(scaleOf([-1, 1000]).log).toBe(false);
});

test.each([[[]], [[0]], [[5]], [[-3, -3]], [[1e9, 1e9]]])('%j has an axis on which its values stand', (values: number[]) => {
  const { place } = scaleOf(values);
  for (const value of values) {
    expect(place(value)).toBeGreaterThanOrEqual(0);
    expect(place(value)).toBeLessThanOrEqual(1);
  }
});

test('the axis of iterations has room for all of few, and for some more of many', () => {
  expect(lastOfAxis(3, 20)).toBe(19);
  expect(lastOfAxis(0, 1)).toBe(1);
  expect(lastOfAxis(137, 1000)).toBe(200);
  expect(iterationTicks(19, 10)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
  expect(iterationTicks(1, 10)).toEqual([0, 1]);
});

test('a number is written shortly', () => {
  expect([0.123456, 1200, 0.00000012344, 0].map(short)).toEqual(['0.1235', '1200', '1.23e-7', '0']);
});
