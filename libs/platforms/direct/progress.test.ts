import { expect, test } from 'vitest';
import { Progress } from './progress.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

test('what a copy says is read in whatever pieces it comes, and one that stands still for five minutes is given up', () => {
  const told: (number | string)[] = [];
  let clock = 0;
  const progress = new Progress(
    (moved) => told.push(moved),
    () => told.push('in'),
    () => clock,
  );
  for (const piece of ['at 0\nat', ' 5\ni', 'n\nat -\n', 'at 70\n']) progress.read(bytes(piece));
  expect(told).toEqual([0, 5, 'in', 70]);
  clock = 299_999;
  progress.read(bytes('at 70\n'));
  clock = 300_000;
  expect(() => progress.read(bytes('at 70\n'))).toThrow('nothing came');
  expect(() => progress.read(bytes('at -\n'))).toThrow('nothing came');
  progress.read(bytes('at 71\nmoved 80\n'));
  expect(progress.outcome).toEqual({ bytes: 80 });
  progress.read(bytes('failed it is ☃\n'));
  expect(progress.outcome).toEqual({ bytes: 80 });
});

test.each(['at x\n', 'moved -1\n', 'moved \n', 'at 1e9\n', 'x'.repeat(20_000)])('what no copy says is refused: %s', (said) => {
  const progress = new Progress(
    () => {},
    () => {},
  );
  expect(() => progress.read(bytes(said))).toThrow('was said in place of bytes');
});
