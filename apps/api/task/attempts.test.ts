import { tasks } from '@kiln/db/schema';
import { attempts, nodes } from '@kiln/db/schema-runs';
import { KnownError, type Question } from '@kiln/domain';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startTestApi, submitted, type TestApi, takeUntil, type Variables } from '../testing/start-test-api.ts';

let api: TestApi;
let stranger: string;
let job: string;
const asked: Question[] = [];
let log: (question: Extract<Question, { kind: 'read-log' }>) => Buffer;
beforeAll(async () => {
  api = await startTestApi();
  stranger = await api.someoneElse();
  await api.answer(async (question) => {
    asked.push(question);
    if (question.kind !== 'read-log') return { value: null };
    if (question.attempt === 9) throw new KnownError('NOT_FOUND', 'Task 1 had no attempt 9 so far.');
    return { value: { complete: true }, body: log(question) };
  });
});
afterAll(() => api.close());

const number = () => Number(job);

/** What a worker would have written: task 1 runs a third time, task 2 succeeded at once, tasks 3 to 5 failed. */
beforeEach(async () => {
  asked.length = 0;
  log = () => Buffer.from('one\ntwo\nthree\n');
  job = await submitted(api, 'randnum');
  const jobId = number();
  const failed = (code: 'EXIT' | 'OUT_OF_MEMORY') => ({ code, message: `It failed: ${code}.` });
  const task = { jobId, iteration: 0, node: 'n1', values: {} };
  await api.db.orm.insert(nodes).values([
    { jobId, name: 'n1', state: 'ready', address: 'here', root: '/r', slots: 2, note: 'Two wait.' },
    { jobId, name: 'n2', state: 'lost', address: 'there', root: '/r', slots: 2, unreachableSince: '2026-01-02T03:04:05.000Z' },
  ]);
  await api.db.orm.insert(tasks).values([
    { ...task, number: 1, state: 'waiting', node: '', attempt: 3, retries: 2, notBefore: '2030-01-01T00:00:00.000Z', input: 'best' },
    { ...task, number: 2, state: 'succeeded', exitCode: 0 },
    { ...task, number: 3, state: 'failed', exitCode: 1, failure: failed('EXIT') },
    { ...task, number: 4, state: 'failed', failure: failed('OUT_OF_MEMORY') },
    { ...task, number: 5, state: 'failed', failure: failed('OUT_OF_MEMORY') },
  ]);
  const attempt = { jobId, number: 1, iteration: 0, collected: true };
  const times = { startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:02.500Z' };
  await api.db.orm.insert(attempts).values([
    { ...attempt, attempt: 2, node: 'n1', exitCode: 1, failure: failed('EXIT'), ...times },
    { ...attempt, attempt: 1, node: 'n2', failure: failed('OUT_OF_MEMORY'), collected: false },
  ]);
});
afterEach(() => vi.restoreAllMocks());

const code = ({ errors }: { errors: readonly { extensions: { code: string } }[] | undefined }) => errors?.[0]?.extensions.code;

test('a task tells of its attempts, with what can be done about each', async () => {
  const { data } = await api.call(
    `query ($id: ID!) { job(id: $id) {
      retryCost { attempts tasks lostMilliseconds }
      tasks { nodes { number input retries notBefore advice attempts { attempt node exitCode failure { code message } advice startedAt endedAt } } }
    } }`,
    { id: job },
  );
  const [first, second, third] = data.job.tasks.nodes;
  expect(first).toEqual({
    ...{ number: 1, input: 'best', retries: 2, notBefore: '2030-01-01T00:00:00.000Z', advice: null },
    attempts: [
      {
        ...{ attempt: 1, node: 'n2', exitCode: null, advice: 'Ask for more memory.', startedAt: null, endedAt: null },
        failure: { code: 'OUT_OF_MEMORY', message: 'It failed: OUT_OF_MEMORY.' },
      },
      {
        ...{ attempt: 2, node: 'n1', exitCode: 1, failure: { code: 'EXIT', message: 'It failed: EXIT.' } },
        ...{ advice: expect.stringContaining('log'), startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:02.500Z' },
      },
    ],
  });
  expect(second).toMatchObject({ advice: null, attempts: [] });
  expect(third).toMatchObject({ advice: expect.stringContaining('log'), attempts: [] });
  expect(data.job.retryCost).toEqual({ attempts: 2, tasks: 1, lostMilliseconds: 2500 });
});

test('failures are counted by code, and nodes say that they were lost', async () => {
  const { data } = await api.call(
    `query ($id: ID!) { job(id: $id) {
      failures { code count advice } none: failures(iteration: 7) { code } nodes { name state note unreachableSince }
    } }`,
    { id: job },
  );
  expect(data.job).toEqual({
    failures: [
      { code: 'OUT_OF_MEMORY', count: 2, advice: 'Ask for more memory.' },
      { code: 'EXIT', count: 1, advice: expect.any(String) },
    ],
    none: [],
    nodes: [
      { name: 'n1', state: 'ready', note: 'Two wait.', unreachableSince: null },
      { name: 'n2', state: 'lost', note: null, unreachableSince: '2026-01-02T03:04:05.000Z' },
    ],
  });
});

test('lists of jobs and tasks ask the database as often as short ones', async () => {
  const queries = async (document: string, variables: Variables) => {
    const spy = vi.spyOn(api.db.pool, 'query');
    expect((await api.call(document, variables)).errors).toBeUndefined();
    const count = spy.mock.calls.length;
    spy.mockRestore();
    return count;
  };
  for (let n = 0; n < 4; n += 1) await submitted(api, 'randnum');
  const list = `query ($first: Int) { jobs(first: $first) { nodes {
    iterations { iteration } failures { code } retryCost { attempts } nodes { name } counts { total }
  } } }`;
  expect(await queries(list, { first: 1 })).toBeGreaterThan(0);
  expect(await queries(list, { first: 5 })).toBe(await queries(list, { first: 1 }));
  const page = 'query ($id: ID!, $first: Int) { job(id: $id) { tasks(first: $first) { nodes { attempts { attempt } } } } }';
  expect(await queries(page, { id: job, first: 5 })).toBe(await queries(page, { id: job, first: 1 }));
});

const TAIL = `query ($id: ID!, $attempt: Int, $lines: Int! = 20) {
  job(id: $id) { task(number: 1) { logTail(attempt: $attempt, lines: $lines) } }
}`;

test('the end of a log is asked of a worker: of the present attempt, or of an earlier one', async () => {
  const tail = async (variables: Variables = {}) =>
    (await api.call(TAIL.replaceAll(/, \$stream: LogStream|stream: \$stream, /g, ''), { id: job, lines: 20, ...variables })).data.job.task
      .logTail;
  expect(await tail()).toBe('one\ntwo\nthree\n');
  expect(await tail({ lines: 2 })).toBe('two\nthree\n');
  log = () => Buffer.from('one\ntwo');
  expect(await tail({ lines: 1, attempt: 2 })).toBe('two');
  expect(asked.flatMap((question) => (question.kind === 'read-log' ? [[question.attempt, question.stream, question.offset]] : []))).toEqual(
    [
      [3, 'stderr', -65_536],
      [3, 'stderr', -65_536],
      [2, 'stderr', -65_536],
    ],
  );
  log = () => Buffer.concat([Buffer.from('€').subarray(1), Buffer.from('x'.repeat(65_534))]);
  expect(await tail()).toBe('x'.repeat(65_534));
  const { data } = await api.call('query ($id: ID!) { job(id: $id) { task(number: 1) { logTail(stream: STDOUT) } } }', { id: job });
  expect(data.job.task.logTail).toMatch(/^x+$/);
  expect(asked.at(-1)).toMatchObject({ stream: 'stdout' });
});

test('the end of a log is refused for too many lines, attempts that there are not, and other people', async () => {
  const refused = async (tail: string) =>
    code(await api.call(`query ($id: ID!) { job(id: $id) { task(number: 1) { ${tail} } } }`, { id: job }));
  for (const tail of ['logTail(lines: 0)', 'logTail(lines: 1001)', 'logTail(attempt: 0)', 'log(attempt: -1) { text }']) {
    expect(await refused(tail)).toBe('BAD_INPUT');
  }
  expect(await refused('logTail(attempt: 9)')).toBe('NOT_FOUND');
  expect((await api.call('query ($id: ID!) { job(id: $id) { task(number: 1) { logTail } } }', { id: job }, stranger)).data.job).toBeNull();
});

test('a followed log stays with the attempt that was the present one', async () => {
  const follow = (attempt: string) => `subscription ($id: ID!) { taskLog(jobId: $id, task: 1${attempt}) { text complete } }`;
  for (const [attempt, expected] of [
    ['', 3],
    [', attempt: 1', 1],
  ] as const) {
    const chunks = await takeUntil(api.socket().iterate({ query: follow(attempt), variables: { id: job } }), (all) => all.length === 1);
    expect(chunks).toEqual([{ taskLog: { text: 'one\ntwo\nthree\n', complete: true } }]);
    expect(asked.at(-1)).toMatchObject({ kind: 'read-log', attempt: expected });
  }
});
