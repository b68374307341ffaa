import { expect, test } from 'vitest';
import { parseConstraint } from './constraint.ts';

const point = { a: 2, b: 3, mode: 'fast', on: true };

test.each([
  ['a < b', true],
  ['b < a', false],
  ['1 < a < b <= 3', true],
  ['1 < a < b < 3', false],
  ['a + b * 2 == 8 and (a + b) * 2 == 10', true],
  ['-a ** 2 == -4', true],
  ['2 ** -1 == 0.5', true],
  ['2 ** 3 ** 2 == 512', true],
  ['b % a == 1 && b / a == 1.5', true],
  ['mode != "slow" or a > 100', true],
  ["mode == 'fast'", true],
  ['not on', false],
  ['!(a > b) && on', true],
  ['mode < "z"', true],
  ['on == true', true],
  ['a == "2"', false],
  ['a<b&&b<4||false', true],
])('%s is %s', (text, holds) => {
  expect(parseConstraint(text).holds(point)).toBe(holds);
});

test.each(['', 'a <', 'a b', '(a < b', 'a < b)', 'a = b', 'a.b < 1', 'f(1)', 'a[0] < 1', 'a; b', '`a`', 'a => b', '1 ++ ', 'and'])(
  'what is no condition is refused with a sentence: %j',
  (text) => {
    expect(() => parseConstraint(text)).toThrow(/^The condition “.*” .*\.$/s);
  },
);

test.each(['a', 'a < mode', 'mode + 1 < 2', 'a and b', 'on < 1', 'c < 1', 'constructor == 1', '__proto__ == 1'])(
  'what cannot be decided is refused with a sentence: %j',
  (text) => {
    expect(() => parseConstraint(text).holds(point)).toThrow(/^The condition “.*” .*\.$/);
  },
);

test('brackets without end and conditions without end end with a sentence', () => {
  expect(() => parseConstraint('((a < b')).toThrow(/not closed/);
  expect(() => parseConstraint('('.repeat(500))).toThrow(/nested too deeply/);
  expect(() => parseConstraint(`1 < ${'-'.repeat(496)}`)).toThrow(/nested too deeply/);
  expect(() => parseConstraint(Array(100).fill('2').join('**'))).toThrow(/nested too deeply/);
  expect(() => parseConstraint('-'.repeat(501))).toThrow(/longer than/);
});
