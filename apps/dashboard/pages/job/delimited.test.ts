import { expect, test } from 'vitest';
import { numberColumns, parseDelimited, tableIn } from './delimited.ts';

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

test('columns of numbers are found, and a table without a line of names gets them', () => {
  const table = tableIn('t,energy,name\n0,-1.5e3,a\n1,,b\n2,.25,c\n', ',', 10);
  expect(numberColumns(table)).toEqual([
    { name: 't', values: [0, 1, 2] },
    { name: 'energy', values: [-1500, null, 0.25] },
  ]);
  expect(tableIn('1\t2\n3\t4\n', '\t', 10)).toEqual({
    head: ['column 1', 'column 2'],
    rows: [
      ['1', '2'],
      ['3', '4'],
    ],
  });
  expect(numberColumns(tableIn('a,b\n1,x\n0x10,1\n', ',', 10))).toEqual([]);
});
