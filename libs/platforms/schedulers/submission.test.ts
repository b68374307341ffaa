import { expect, test } from 'vitest';
import { wasCutShort } from './submission.ts';

test.each([
  [137, 'Killed', true],
  [75, 'it is being submitted already', true],
  [1, ' \n', true],
  [1, 'sbatch: error: invalid partition specified: nowhere', false],
])('a submission that ended with %i, saying “%s”, was cut short: %s', (code, words, expected) => {
  expect(wasCutShort(code, words)).toBe(expected);
});
