import { expect, test } from 'vitest';
import { parseDelimited } from './delimited.ts';

test('quoted cells may hold commas, quotation marks and line breaks', () => {
  expect(parseDelimited('a,b\r\n"1,5","say ""hi""\nthere"\r\n', ',', 10)).toEqual([
    ['a', 'b'],
    ['1,5', 'say "hi"\nthere'],
  ]);
});

test('the last line needs no end, and no more rows are read than asked for', () => {
  expect(parseDelimited('a\tb\n1\t2\n3\t4', '\t', 10)).toHaveLength(3);
  expect(parseDelimited('a\tb\n1\t2\n3\t4', '\t', 2)).toHaveLength(2);
});
