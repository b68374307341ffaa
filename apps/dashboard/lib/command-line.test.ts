import { expect, test } from 'vitest';
import { commandLine, sweepCommandLine } from './command-line.ts';

test('what equals the default is left out', () => {
  expect(commandLine('pi', { samples: 1000, platform: 'local' }, { samples: 1000, platform: 'local' })).toBe('kiln submit pi');
  expect(commandLine('pi', { samples: 5, keep: true }, { samples: 1000 })).toBe('kiln submit pi samples=5 keep=true');
});

test('values are quoted for the shell', () => {
  expect(commandLine('c', { label: "it's $HOME" }, {})).toBe(`kiln submit c 'label=it'\\''s $HOME'`);
});

test('a sweep is a comma list where that keeps the types, else JSON', () => {
  expect(commandLine('c', { sweep: { var: [1, 2], alpha: [0.5] } }, {})).toBe('kiln submit c --sweep var=1,2 --sweep alpha=0.5');
  expect(commandLine('c', { sweep: { seed: [1, 2, 3, 4, 5, 6] } }, {})).toBe('kiln submit c --sweep seed=1:6');
  expect(commandLine('c', { sweep: { mode: ['fast', 'slow'] } }, {})).toBe('kiln submit c --sweep mode=fast,slow');
  expect(commandLine('c', { sweep: { mode: ['1', 'a,b', true] } }, {})).toBe(`kiln submit c --sweep 'mode=["1","a,b",true]'`);
});

test('a sweep that was emptied is told, one that is as usual is not', () => {
  expect(commandLine('c', { sweep: {} }, { sweep: { var: [1, 2] } })).toBe(`kiln submit c --set-json '{"sweep":{}}'`);
  expect(commandLine('c', { sweep: { var: [1, 2] } }, { sweep: { var: [1, 2] } })).toBe('kiln submit c');
});

test('a sweep of jobs says what it goes over, and how many run at once if that was chosen', () => {
  const input = { connector: 'c', parameters: { k: 2 }, over: { a: '1:3' }, atMost: null };
  expect(sweepCommandLine(input, { k: 2 })).toBe('kiln sweep submit c --over a=1:3');
  expect(sweepCommandLine({ ...input, atMost: 4 }, {})).toBe('kiln sweep submit c k=2 --over a=1:3 --at-most 4');
});
