import { expect, test } from 'vitest';
import { appended, EMPTY_LOG } from './log-text.ts';

const chunk = (offset: number, text: string, complete = false) => ({ offset, nextOffset: offset + text.length, text, complete });

test('chunks are appended, and one that came already is passed over', () => {
  const log = [chunk(0, 'ab'), chunk(2, 'cd'), chunk(0, 'ab'), chunk(4, '', true)].reduce(appended, EMPTY_LOG);
  expect(log).toEqual({ text: 'abcd', offset: 4, complete: true, dropped: false });
});

test('of a very long log only the end is kept, from the beginning of a line on', () => {
  const line = `${'x'.repeat(99)}\n`;
  const log = appended(appended(EMPTY_LOG, chunk(0, line.repeat(3999))), chunk(399_900, line.repeat(10)));
  expect(log.dropped).toBe(true);
  expect(log.text.startsWith('x'.repeat(99))).toBe(true);
  expect(log.offset).toBe(400_900);
});
