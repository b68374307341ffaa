import { expect, test } from 'vitest';
import { formatValues, parseValues } from './sweep-text.ts';

test('numbers, truth values and words keep their types', () => {
  expect(parseValues('1, 2.5, -3e-6, true, false, fast, "3", "a, b"')).toEqual({
    values: [1, 2.5, -3e-6, true, false, 'fast', '3', 'a, b'],
  });
});

test('a range includes its stop and may have a step', () => {
  expect(parseValues('1:4')).toEqual({ values: [1, 2, 3, 4] });
  expect(parseValues('0:1:0.25, 9')).toEqual({ values: [0, 0.25, 0.5, 0.75, 1, 9] });
  expect(parseValues('3:1')).toEqual({ values: [3, 2, 1] });
});

test('numbers with leading zeros stay text, as identifiers do', () => {
  expect(parseValues('007, 1.2.3')).toEqual({ values: ['007', '1.2.3'] });
});

test('what cannot be read is told in a sentence', () => {
  expect(parseValues('"a')).toEqual({ problem: 'A quotation mark is not closed.' });
  expect(parseValues('1:5:0')).toHaveProperty('problem');
  expect(parseValues('1:1000000')).toHaveProperty('problem');
  expect(parseValues('"a" b')).toHaveProperty('problem');
});

test('values written as text are read back as they were', () => {
  const cases = [
    [1, 2, 3],
    ['1', 1, true, 'true'],
    ['a, b', 'say "hi"', ' ', '', 'x'],
    [1, 2, 3, 4, 5, 6, 'end'],
    [10, 8, 6, 4, 2, 0],
    ['1:3'],
    [0.1, 0.2],
  ];
  for (const values of cases) expect(parseValues(formatValues(values))).toEqual({ values });
  expect(formatValues([1, 2, 3, 4, 5, 6])).toBe('1:6');
});
