import { appendEvents } from '@kiln/db/append-events';
import { jobEventsBetween } from '@kiln/db/events';
import { inTransaction } from '@kiln/db/transaction';
import type { Event } from '@kiln/domain';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Feed } from '../feed.ts';
import { createHub } from '../hub.ts';
import { startTestApi, submitted, type TestApi, takeUntil } from '../testing/start-test-api.ts';
import { followJob } from './follow-job.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.answer(async () => ({ value: null }));
});
afterAll(() => api.close());

const EVENTS =
  'subscription ($id: ID!, $after: Float! = 0) { jobEvents(jobId: $id, after: $after) { lastSeq events { seq kind message } job { id lastSeq status } } }';
interface Batch {
  readonly jobEvents: {
    readonly lastSeq: number;
    readonly events: readonly { seq: number; message: string | null }[];
    readonly job: { lastSeq: number };
  };
}

function note(jobId: string, message: string, count = 1): Promise<void> {
  const events = Array.from({ length: count }, () => ({ kind: 'note' as const, subject: '', message }));
  return inTransaction(api.db, (tx) => appendEvents(tx, Number(jobId), events));
}

const seqs = (batches: readonly Batch[]) => batches.flatMap(({ jobEvents }) => jobEvents.events.map(({ seq }) => seq));
const stored = async (jobId: string) =>
  (await jobEventsBetween(api.db, Number(jobId), 0, Number.MAX_SAFE_INTEGER, 100_000)).map(({ seq }) => seq);
const has = (message: string) => (all: readonly Batch[]) =>
  all.some(({ jobEvents }) => jobEvents.events.some((event) => event.message === message));

test('subscribers that come in while much is written get every event once, in order, whatever they know already', async () => {
  const id = await submitted(api);
  const other = await submitted(api);
  const writing = Promise.all(
    [id, other, id].map(async (job) => {
      for (let n = 0; n < 100; n += 1) await note(job, 'busy', 1 + (n % 7));
    }),
  ).then(() => note(id, 'last'));
  const client = api.socket();
  const subscribers = Array.from({ length: 20 }, async (_, n) => {
    await note(other, 'a little later');
    const known = await stored(id);
    const after = n % 2 === 0 ? 0 : (known.at(-1) ?? 0);
    const batches = await takeUntil<Batch>(client.iterate({ query: EVENTS, variables: { id, after } }), has('last'));
    return { after, batches };
  });
  await writing;
  const all = await stored(id);
  for (const { after, batches } of await Promise.all(subscribers)) {
    expect(seqs(batches)).toEqual(all.filter((seq) => seq > after));
    for (const { jobEvents } of batches) {
      expect(jobEvents.events.length).toBeLessThanOrEqual(500);
      expect(jobEvents.lastSeq).toBe(jobEvents.events.at(-1)?.seq);
      expect(jobEvents.job.lastSeq).toBeGreaterThanOrEqual(jobEvents.lastSeq);
    }
  }
});

test('a gap of thousands of events comes in batches, then what is live', async () => {
  const id = await submitted(api);
  await note(id, 'old', 2300);
  const messages = api.socket().iterate<Batch>({ query: EVENTS, variables: { id } });
  let live = false;
  const batches = await takeUntil<Batch>(messages, (all) => {
    if (!live && seqs(all).length >= 2301) {
      live = true;
      void note(id, 'new');
    }
    return has('new')(all);
  });
  expect(seqs(batches)).toEqual(await stored(id));
  expect(batches.length).toBeGreaterThanOrEqual(6);
});

test('a subscriber too slow for its bounded feed reads the database again and misses nothing', async () => {
  const id = await submitted(api);
  const hub = await createHub(api.db, pino({ level: 'silent' }));
  const feed = new Feed(10);
  const following = followJob(api.db, hub, Number(id), 0, feed);
  const got: Event[] = [];
  for (let round = 0; got.at(-1)?.message !== 'end'; round += 1) {
    const { value, done } = await following.next();
    if (done) throw new Error('It ended.');
    got.push(...value);
    if (round < 5) await note(id, 'flood', 200);
    if (round === 5) await note(id, 'end');
  }
  await following.return?.();
  expect(got.map(({ seq }) => seq)).toEqual(await stored(id));
  await hub.close();
});

test('an unsubscribed client is let go at once, though nothing happens', async () => {
  const id = await submitted(api);
  const hub = await createHub(api.db, pino({ level: 'silent' }));
  const following = followJob(api.db, hub, Number(id), Number.MAX_SAFE_INTEGER);
  const waiting = following.next();
  await following.return?.();
  expect(await waiting).toEqual({ value: undefined, done: true });
  await hub.close();
});

test("nobody follows another user's job, nor one that is not there", async () => {
  const id = await submitted(api);
  const other = api.socket(await api.someoneElse());
  for (const query of [EVENTS, 'subscription ($id: ID!) { taskLog(jobId: $id, task: 1) { text } }']) {
    const { value } = await other.iterate({ query, variables: { id } }).next();
    expect(value.errors[0].extensions.code).toBe('NOT_FOUND');
  }
  const { value } = await api
    .socket()
    .iterate({ query: EVENTS, variables: { id, after: -1 } })
    .next();
  expect(value.errors[0].extensions.code).toBe('BAD_INPUT');
});

test('changed jobs are told as they are now, each once a batch, and only to their owner', async () => {
  interface Changed {
    readonly jobsChanged: {
      readonly lastSeq: number;
      readonly jobs: readonly { id: string; lastSeq: number; counts: { total: number } }[];
    };
  }
  const query = 'subscription ($after: Float) { jobsChanged(after: $after) { lastSeq jobs { id lastSeq status counts { total } } } }';
  const mine = await submitted(api);
  const token = await api.someoneElse('somebody with jobs');
  const theirs = api.socket(token);
  const seen = takeUntil<Changed>(theirs.iterate({ query }), (all) => all.length > 0);
  await takeUntil(theirs.iterate({ query: '{ viewer { name } }' }), () => true);
  for (let n = 0; n < 20; n += 1) await note(mine, 'mine');
  const input = { connector: 'randnum' };
  const { data } = await api.call('mutation ($input: SubmitJobInput!) { submitJob(input: $input) { job { id } } }', { input }, token);
  const { id } = data.submitJob.job;
  expect((await seen)[0]?.jobsChanged.jobs.map((job) => job.id)).toEqual([id]);

  const from = (await stored(mine)).at(-1) ?? 0;
  const writing = (async () => {
    for (let n = 0; n < 300; n += 1) await note(mine, 'again');
  })();
  const batches = await takeUntil<Changed>(
    api.socket().iterate({ query, variables: { after: from } }),
    (all) => (all.at(-1)?.jobsChanged.lastSeq ?? 0) >= from + 300,
  );
  await writing;
  expect(batches.length).toBeLessThan(150);
  const told = batches.flatMap(({ jobsChanged }) => jobsChanged.jobs.map((job) => job.lastSeq));
  expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
});
