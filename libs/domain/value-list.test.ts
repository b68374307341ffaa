import { expect, test } from 'vitest';
import { valuesFromText } from './value-list.ts';

const all = (text: string) => {
  const values = valuesFromText(text);
  return Array.from({ length: values.size }, (_, index) => values.at(index));
};

test.each([
  ['1, 2, "3", x, true', [1, 2, '3', 'x', true]],
  ['1:4', [1, 2, 3, 4]],
  ['4:1', [4, 3, 2, 1]],
  ['0:1:0.25', [0, 0.25, 0.5, 0.75, 1]],
  ['0:0.3:0.1', [0, 0.1, 0.2, 0.3]],
  ['1:7:3, 100', [1, 4, 7, 100]],
  ['linspace(0, 1, 5)', [0, 0.25, 0.5, 0.75, 1]],
  ['linspace(3, 3, 1)', [3]],
  ['logspace(-2, 1, 4)', [0.01, 0.1, 1, 10]],
  ['geomspace(1, 1000, 4), 5', [1, 10, 100, 1000, 5]],
  ['"a, b", "linspace(0, 1, 5)"', ['a, b', 'linspace(0, 1, 5)']],
  ['12:30:00 h', ['12:30:00 h']],
  ['f(x)', ['f(x)']],
  ['(open', ['(open']],
  ['', []],
])('the text %j is the values %j', (text, values) => {
  expect(all(text)).toEqual(values);
});

test.each([
  ['1:0:1', /no values/],
  ['1:2:0', /no values/],
  ['linspace(0, 1)', /three numbers/],
  ['linspace(0, 1, 2.5)', /last one whole/],
  ['geomspace(-1, 1, 3)', /too large, or to none/],
  ['logspace(0, 1000, 3)', /too large/],
  ['squares(1, 2, 3)', /no squares\(…\)/],
  ['"open', /not closed/],
  ['"a" b', /not a quoted word/],
])('the text %j is refused with a sentence', (text, message) => {
  expect(() => valuesFromText(text)).toThrow(message);
});

test('a range of a milliard numbers takes no room', () => {
  const values = valuesFromText('1:1000000000');
  expect([values.size, values.at(999_999_999)]).toEqual([1e9, 1e9]);
});
