import type { Job, JobEvent, Node } from '@kiln/client/kiln';
import { expect, test } from 'vitest';
import { type Happening, Happenings } from './happenings.ts';

const JOB = { iteration: 0, maximumIterations: 5 } as Job; // what is looked at
let seq = 0;
const event = (
  kind: JobEvent['kind'],
  subject: string,
  from: string | null,
  to: string | null,
  message: string | null = null,
): JobEvent => ({
  ...{ seq: ++seq, at: '2026-01-01T00:00:00.000Z', jobId: '1' },
  ...{ kind, subject, from, to, message },
});
const failed = (task: number, why: string) => event('task', String(task), 'running', 'failed', why);
const again = (task: number) => event('task', String(task), 'failed', 'waiting', 'Retry 1.');
const text = (told: readonly Happening[]) =>
  told.map(({ pieces }) => pieces.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join(''));

test('a retry is told with its reason, also when the failure was told in an earlier batch', () => {
  const happenings = new Happenings(JOB);
  expect(text(happenings.take({ job: JOB, events: [failed(7, 'It ended with exit code 3.')] }))).toEqual([]);
  expect(text(happenings.take({ job: JOB, events: [again(7)] }))).toEqual(['task 7 failed and is tried again: It ended with exit code 3.']);
});

test('retries of one batch are one line, the most frequent reason first', () => {
  const events = [1, 2, 3].flatMap((task) => [failed(task, task === 2 ? 'Killed.' : 'Exit code 1.'), again(task)]);
  expect(text(new Happenings(JOB).take({ job: JOB, events }))).toEqual([
    '3 tasks failed and are tried again: 2 × Exit code 1. 1 × Killed.',
  ]);
});

test('tasks that fail for good, or that somebody retries by hand, are no retries', () => {
  const events = [failed(1, 'Exit code 1.'), event('task', '1', 'failed', 'waiting')];
  expect(text(new Happenings(JOB).take({ job: JOB, events }))).toEqual([]);
});

test('a lost node, a criterion, a note and a new iteration are told', () => {
  const events = [
    event('note', 'criterion', null, '0.25'),
    event('node', 'vm-2', 'ready', 'lost', 'It did not answer for 24 h.'),
    event('node', 'vm-1', 'running', 'ready'),
    event('note', '', null, null, 'Two were kept.'),
    event('job', 'stage', 'converge', 'schedule'),
  ];
  expect(text(new Happenings(JOB).take({ job: { ...JOB, iteration: 1 }, events }))).toEqual([
    'criterion 0.25',
    'vm-2 is lost: It did not answer for 24 h.',
    'Two were kept.',
    'stage schedule',
    'iteration 1 (the last would be 4)',
  ]);
});

test('what nodes wait for is told when it changes, not with every number in it', () => {
  const happenings = new Happenings(JOB);
  const rent = { createdAt: '2026-01-01T00:00:00Z', goneAt: null, pricePerHour: null, cost: null };
  const node = { name: 'hpc', state: 'ready', address: '', slots: 1, note: null, unreachableSince: null, ...rent } satisfies Node;
  const waits = (change: Partial<Node>) => text(happenings.waits([{ ...node, ...change }]));
  expect(waits({})).toEqual([]);
  expect(waits({ note: '40 elements wait in the queue: Priority.' })).toEqual(['hpc: 40 elements wait in the queue: Priority.']);
  expect(waits({ note: '39 elements wait in the queue: Priority.' })).toEqual([]);
  expect(waits({ unreachableSince: '2026-01-01T00:00:00.000Z' })).toEqual(['hpc: cannot be reached.']);
  expect(waits({ state: 'lost', note: 'Gone.' })).toEqual([]);
});
