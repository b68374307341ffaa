import { expect, test } from 'vitest';
import { ago, bytes, duration, many } from './time.ts';

test('durations are told in the two units that matter', () => {
  expect([40, 4200, 42_000, 185_000, 8_040_000, 273_600_000].map(duration)).toEqual([
    '40 ms',
    '4.2 s',
    '42 s',
    '3 min 05 s',
    '2 h 14 min',
    '3 d 4 h',
  ]);
});

test('times are relative to now, in both directions', () => {
  const now = Date.parse('2026-01-01T12:00:00Z');
  expect(ago('2026-01-01T11:59:59Z', now)).toBe('just now');
  expect(ago('2026-01-01T11:57:00Z', now)).toBe('3 min ago');
  expect(ago('2026-01-01T12:00:30Z', now)).toBe('in 30 s');
});

test('sizes and counts read well', () => {
  expect([12, 1100, 54_000_000].map(bytes)).toEqual(['12 B', '1.1 kB', '54 MB']);
  expect([many(1, 'task'), many(10_000, 'task')]).toEqual(['1 task', '10,000 tasks']);
});
