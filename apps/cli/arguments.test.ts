import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { parseAmount, parseLimit } from './arguments.ts';

test.each(['', ' ', 'NaN', '0,10', '-1', '1e3', '0x10', 'Infinity', '1.', 'none', '9'.repeat(400)])('%j is no amount', (text) => {
  expect(() => parseAmount(text)).toThrow(InvalidArgumentError);
});

test('an amount is digits, with a decimal point if need be; a limit is above nothing, or none', () => {
  expect(['0', '2', '0.25'].map(parseAmount)).toEqual([0, 2, 0.25]);
  expect(['50', '2.50', 'none'].map(parseLimit)).toEqual([50, 2.5, 'none']);
  for (const text of ['0', '0.00', '1,5', '9'.repeat(400)]) expect(() => parseLimit(text)).toThrow('or none');
});
