import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { JobEvent } from '../../lib/documents.ts';
import { JobFeed } from './job-feed.ts';

let frames: (() => void)[] = [];

beforeEach(() => {
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
  vi.stubGlobal('cancelAnimationFrame', () => undefined);
});
afterEach(() => vi.unstubAllGlobals());

test('a burst of events is taken over once a frame', () => {
  const feed = new JobFeed({ taskGrid: grid('www'), lastSeq: 0 });
  const told = vi.fn();
  feed.subscribe(told);
  feed.push([task(1, 1, 'running')]);
  feed.push([task(2, 1, 'succeeded'), task(3, 2, 'running')]);
  expect(told).not.toHaveBeenCalled();
  frame();
  expect(told).toHaveBeenCalledTimes(1);
  expect([1, 2, 3].map((number) => feed.stateOf(number))).toEqual(['succeeded', 'running', 'waiting']);
});

test('a grid that is read anew is not undone by events that are in it already, and keeps those that are not', async () => {
  const feed = new JobFeed({ taskGrid: grid('ww'), lastSeq: 0 });
  await feed.replaceGrid(async () => {
    feed.push([task(5, 1, 'running'), task(9, 2, 'failed')]);
    frame();
    return { taskGrid: grid('sr'), lastSeq: 8 };
  });
  expect([1, 2].map((number) => feed.stateOf(number))).toEqual(['succeeded', 'failed']);
  feed.push([task(7, 1, 'running')]);
  frame();
  expect(feed.stateOf(1)).toBe('succeeded');
});

function frame(): void {
  for (const one of frames.splice(0)) one();
}

function grid(states: string) {
  return { iteration: 0, firstNumber: 1, states };
}

function task(seq: number, number: number, to: string): JobEvent {
  return { seq, at: '2026-01-01T00:00:00Z', jobId: '1', kind: 'task', subject: String(number), from: null, to, message: null };
}
