import { expect, test } from 'vitest';
import { EMPTY, overForm, overOf, readOver } from './over-form.ts';

const row = (key: number, name: string, text: string, zipped = false) => ({ key, name, text, zipped });

test('rows are crossed, zipped or drawn, and the map comes back as the same rows', () => {
  const form = {
    rows: [row(0, 'n', '1:8'), row(1, 'a', '1, 2', true), row(2, 'b', 'x, y', true), row(3, 'x', 'uniform(0, 1)')],
    where: 'n < a',
    sample: { count: 5, seed: 2, method: 'random' },
  };
  const { over, problems } = overOf(form);
  expect(problems).toEqual({});
  expect(over).toEqual({
    n: '1:8',
    $zip: { a: '1, 2', b: 'x, y' },
    $sample: { count: 5, seed: 2, method: 'random', of: { x: 'uniform(0, 1)' } },
    $where: 'n < a',
  });
  expect(overForm(over)).toEqual(form);
});

test('a map with lists is a form with texts, and one that no form says stays JSON', () => {
  expect(overForm({ var1: [7, 9], var2: 42, word: ['a,b'] })?.rows).toEqual([
    row(0, 'var1', '7, 9'),
    row(1, 'var2', '42'),
    row(2, 'word', '"a,b"'),
  ]);
  expect(overForm({ a: [1], $where: ['a < 2', 'a > 0'] })?.where).toBe('(a < 2) and (a > 0)');
  expect(overForm({})).toEqual(EMPTY);
  for (const map of [[{ a: 1 }], { $zip: [{ a: [1] }, { b: [1] }] }, { a: { b: 1 } }, { $sample: { count: 2, of: { x: ['a'] } } }, 7]) {
    expect(overForm(map)).toBeNull();
  }
});

test('what is wrong with a row is said at it; blank rows do not count', () => {
  const rows = [row(0, '', ''), row(1, '', '1'), row(2, 'a', ''), row(3, 'b', '1'), row(4, 'b', '2'), row(5, '$zip', '1')];
  const { over, problems } = overOf({ ...EMPTY, rows });
  expect(over).toEqual({ b: '1' });
  expect(Object.keys(problems)).toEqual(['1', '2', '4', '5']);
});

test('JSON is a map or a list of maps', () => {
  expect(readOver('[{"a": 1}]')).toEqual({ over: [{ a: 1 }] });
  expect(readOver('')).toEqual({ over: {} });
  expect(readOver('7')).toHaveProperty('problem');
  expect(readOver('{')).toHaveProperty('problem');
});
