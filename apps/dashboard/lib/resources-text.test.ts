import { megabytes, seconds } from '@kiln/domain';
import { expect, test } from 'vitest';
import { memoryText, walltimeText } from './resources-text.ts';

test('memory is written in the largest unit that is exact, and is read as the same', () => {
  expect([512, 4096, 1536, 2 * 1024 * 1024].map(memoryText)).toEqual(['512 MB', '4 GB', '1536 MB', '2 TB']);
  for (const size of [1, 512, 4096, 1536, 2 * 1024 * 1024]) expect(megabytes(memoryText(size))).toBe(size);
});

test('a walltime is written in days, hours, minutes and seconds, and is read as the same', () => {
  expect([45, 3600, 216_000, 90_061].map(walltimeText)).toEqual(['45s', '1h', '2d 12h', '1d 1h 1m 1s']);
  for (const time of [45, 3600, 216_000, 90_061]) expect(seconds(walltimeText(time))).toBe(time);
});
