import { expect, test } from 'vitest';
import { colourScale } from './colour-scale.ts';

test('colours go from dark to light, with text that can be read on each', () => {
  const scale = colourScale([0, 5, 10]);
  expect(scale?.colourOf(0)).toEqual({ background: 'rgb(68, 1, 84)', text: '#ffffff' });
  expect(scale?.colourOf(5)).toEqual({ background: 'rgb(38, 144, 137)', text: '#000000' });
  expect(scale?.colourOf(10)).toEqual({ background: 'rgb(253, 231, 37)', text: '#000000' });
});

test('values that span decades are equally far apart by decade; a single value is in the middle', () => {
  const wide = colourScale([1, 1000, 1_000_000]);
  expect([wide?.log, wide?.colourOf(1000)]).toEqual([true, colourScale([0, 5, 10])?.colourOf(5)]);
  expect(colourScale([7])?.colourOf(7)).toEqual(colourScale([0, 5, 10])?.colourOf(5));
  expect(colourScale([])).toBeNull();
});
