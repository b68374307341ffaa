import { expect, test } from 'vitest';
import { columnAt, columnsOf } from './columns.ts';

test.each([
  [
    'commas',
    't,E\n0,1.5\n1,2\n',
    {
      headings: ['t', 'E'],
      values: [
        [0, 1],
        [1.5, 2],
      ],
    },
  ],
  [
    'white space without headings',
    ' 0  1.5D0\n1   2\n',
    {
      headings: ['column 1', 'column 2'],
      values: [
        [0, 1],
        [1.5, 2],
      ],
    },
  ],
  [
    'a heading in a remark',
    '# t E\n0 1\n# halfway\n1 2\n',
    {
      headings: ['t', 'E'],
      values: [
        [0, 1],
        [1, 2],
      ],
    },
  ],
  [
    'semicolons, quotes and gaps',
    '"a;b";c\n1;\nx;3;4\n',
    {
      headings: ['a;b', 'c', 'column 3'],
      values: [
        [1, null],
        [null, 3],
        [null, 4],
      ],
    },
  ],
  ['nothing', '', { headings: [], values: [] }],
])('columns with %s are read', (_, text, columns) => {
  expect(columnsOf(text)).toEqual(columns);
});

test('a column is found by its heading, else by its number', () => {
  expect(['t', '2', '1', '3', 'E', 'x'].map((name) => columnAt(columnsOf('t,E\n0,1\n'), name))).toEqual([0, 1, 0, -1, 1, -1]);
});
