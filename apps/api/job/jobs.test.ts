import { appendEvents } from '@kiln/db/append-events';
import { tasks } from '@kiln/db/schema';
import { nodes } from '@kiln/db/schema-runs';
import { inTransaction } from '@kiln/db/transaction';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, submitted, type TestApi, type Variables } from '../testing/start-test-api.ts';

let api: TestApi;
let ids: string[];
beforeAll(async () => {
  api = await startTestApi();
  await api.answer(async () => ({ value: null }));
  ids = [];
  for (const [connector, path] of [
    ['randnum', 'a'],
    ['pi', 'b'],
    ['randnum', '100%_sure'],
    ['pi', 'd'],
  ] as const) {
    ids.push(await submitted(api, connector, { output_path: path }));
  }
});
afterAll(() => api.close());

const id = (index: number) => ids[index] ?? '';
const LIST = `query ($filter: JobFilter, $sort: JobSort, $first: Int, $after: String) {
  jobs(filter: $filter, sort: $sort, first: $first, after: $after) {
    nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
  }
}`;
const list = async (variables: Variables = {}) => (await api.call(LIST, variables)).data.jobs;
const listed = async (variables: Variables) => (await list(variables)).nodes.map((job: { id: string }) => job.id);

/** What a worker would have written: three tasks on two nodes in the stage wait. */
async function advance(job: string): Promise<void> {
  const jobId = Number(job);
  await inTransaction(api.db, async (tx) => {
    const node = { jobId, state: 'ready' as const, address: 'here', root: '/r', slots: 2 };
    await tx.insert(nodes).values([
      { ...node, name: 'n1' },
      { ...node, name: 'n2' },
    ]);
    await tx.insert(tasks).values([
      { jobId, number: 1, iteration: 0, node: 'n1', values: { z: 1, a: 'x' }, state: 'succeeded', exitCode: 0 },
      {
        jobId,
        number: 2,
        iteration: 0,
        node: 'n1',
        values: { z: 2, a: 'x' },
        state: 'failed',
        exitCode: 3,
        failure: { code: 'EXIT', message: 'It ended with 3.' },
      },
      { jobId, number: 3, iteration: 0, node: 'n2', values: { z: 3, a: 'x' }, state: 'scheduled' },
    ]);
    await tx.execute(sql`update jobs set stage = 'create' where id = ${jobId}`);
    await appendEvents(tx, jobId, [{ kind: 'job', subject: 'stage', from: 'configure', to: 'create' }]);
  });
}

test('jobs are listed newest first or oldest first, in pages that join without a gap', async () => {
  expect(await listed({})).toEqual([...ids].reverse());
  const first = await list({ sort: 'OLDEST', first: 3 });
  expect(first.nodes.map((job: { id: string }) => job.id)).toEqual(ids.slice(0, 3));
  expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false, endCursor: first.edges[2].cursor });
  expect(first.totalCount).toBe(4);
  const second = await list({ sort: 'OLDEST', first: 3, after: first.pageInfo.endCursor });
  expect(second.nodes).toEqual([{ id: id(3) }]);
  expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  expect((await list({ first: 0 })).pageInfo).toMatchObject({ hasNextPage: true, startCursor: null, endCursor: null });
});

test('jobs are filtered by connector, status and text, in which % and _ are letters like others', async () => {
  expect(await listed({ filter: { connector: 'pi' } })).toEqual([id(3), id(1)]);
  expect(await listed({ filter: { text: 'ANDN' } })).toEqual([id(2), id(0)]);
  expect(await listed({ filter: { text: '%' } })).toEqual([id(2)]);
  expect(await listed({ filter: { text: '0%_s' } })).toEqual([id(2)]);
  expect(await listed({ filter: { text: id(1), connector: 'pi' } })).toContain(id(1));
  expect(await listed({ filter: { statuses: ['failed'] } })).toEqual([]);
  expect(await listed({ filter: { statuses: [] } })).toEqual([]);
  expect(await listed({ filter: { statuses: ['active'], text: null, connector: null } })).toHaveLength(4);
});

test('a page longer than 500, a made-up cursor and too many rows at once are refused with a sentence', async () => {
  for (const variables of [{ first: 501 }, { first: -1 }, { after: 'nonsense' }]) {
    const { errors } = await api.call(LIST, variables);
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_INPUT' } });
  }
  const deep =
    'query ($n: Int) { a: jobs(first: $n) { nodes { tasks(first: $n) { nodes { number } } events(first: $n) { nodes { seq } } } } }';
  const fields = Array.from({ length: 20 }, (_, n) => `t${n}: tasks(first: 500) { totalCount }`).join(' ');
  expect((await api.call(deep, { n: 100 })).errors).toBeUndefined();
  const { errors } = await api.call(`query ($n: Int) { jobs(first: $n) { nodes { ${fields} } } }`, { n: 100 });
  expect(errors?.[0]).toMatchObject({ extensions: { code: 'BAD_INPUT' }, message: expect.stringContaining('20000 rows') });
});

test('a job tells of its tasks, nodes, times and history', async () => {
  await advance(id(0));
  const { data, errors } = await api.call(
    `query ($id: ID!) { job(id: $id) {
      directory stage status iteration criteria ending { code } blocked { code } endedAt lastSeq
      counts { total waiting scheduled running succeeded failed cancelled }
      taskGrid { iteration firstNumber states }
      tasks(states: [failed, scheduled], first: 1) { nodes { number values state exitCode failure { code message } } totalCount pageInfo { hasNextPage endCursor } }
      task(number: 3) { number node attempt startedAt }
      none: task(number: 9) { number }
      nodes { name state address slots tasks { total succeeded scheduled } }
      stageTimes { stage enteredAt leftAt milliseconds }
      events(newestFirst: false) { nodes { seq kind subject from to message jobId } }
      only: events(kinds: [node]) { nodes { seq } }
    } }`,
    { id: id(0) },
  );
  expect(errors).toBeUndefined();
  const { job } = data;
  expect(job).toMatchObject({
    directory: `randnum${id(0)}`,
    stage: 'create',
    status: 'active',
    ending: null,
    blocked: null,
    endedAt: null,
    none: null,
  });
  expect(job.counts).toEqual({ total: 3, waiting: 0, scheduled: 1, running: 0, succeeded: 1, failed: 1, cancelled: 0 });
  expect(job.taskGrid).toEqual({ iteration: 0, firstNumber: 1, states: 'sfc' });
  expect(job.tasks).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: true } });
  expect(job.tasks.nodes).toEqual([
    { number: 2, values: { z: 2, a: 'x' }, state: 'failed', exitCode: 3, failure: { code: 'EXIT', message: 'It ended with 3.' } },
  ]);
  expect(JSON.stringify(job.tasks.nodes[0].values)).toBe('{"z":2,"a":"x"}');
  expect(job.task).toEqual({ number: 3, node: 'n2', attempt: 1, startedAt: null });
  expect(job.nodes).toEqual([
    { name: 'n1', state: 'ready', address: 'here', slots: 2, tasks: { total: 2, succeeded: 1, scheduled: 0 } },
    { name: 'n2', state: 'ready', address: 'here', slots: 2, tasks: { total: 1, succeeded: 0, scheduled: 1 } },
  ]);
  expect(job.stageTimes).toMatchObject([
    { stage: 'configure', leftAt: job.stageTimes[1].enteredAt },
    { stage: 'create', leftAt: null },
  ]);
  expect(job.events.nodes).toMatchObject([
    { kind: 'job', subject: 'status', to: 'active', jobId: id(0) },
    { kind: 'job', subject: 'stage', from: 'configure', to: 'create', seq: job.lastSeq },
  ]);
  expect(job.only.nodes).toEqual([]);
});

test("another user's job is as if it were not there", async () => {
  const other = await api.someoneElse();
  expect((await api.call(LIST, {}, other)).data.jobs).toMatchObject({ nodes: [], totalCount: 0 });
  expect((await api.call('query ($id: ID!) { job(id: $id) { id } }', { id: id(0) }, other)).data.job).toBeNull();
  for (const mutation of ['cancelJob(id: $id) { id }', 'retryJob(id: $id) { id }', 'retryJob(id: $id, scope: ALL) { id }']) {
    const { errors } = await api.call(`mutation ($id: ID!) { ${mutation} }`, { id: id(0) }, other);
    expect(errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  }
  const file = await fetch(`${api.api.url}/files/jobs/${id(0)}/a.txt`, { headers: { authorization: `Bearer ${other}` } });
  expect(file.status).toBe(404);
});

test.each(['0', '-1', '1.5', '99999999999', '2147483648', "1' or '1'='1", '', '01'])(
  'a job number that is none (%s) finds nothing',
  async (number) => {
    const { data, errors } = await api.call('query ($id: ID!) { job(id: $id) { id } }', { id: number });
    expect(errors).toBeUndefined();
    expect(data.job).toBeNull();
  },
);

test('a job is cancelled once, an ended one is retried in place or as a new job', async () => {
  const CANCEL = 'mutation ($id: ID!) { cancelJob(id: $id) { id status ending { code message } } }';
  expect((await api.call(CANCEL, { id: id(1) })).data.cancelJob.ending).toMatchObject({ code: 'CANCELLED' });
  expect((await api.call(CANCEL, { id: id(1) })).errors).toBeUndefined();
  const RETRY =
    'mutation ($id: ID!, $scope: RetryScope! = FAILED) { retryJob(id: $id, scope: $scope) { id status retryOf version parameters } }';
  expect((await api.call(RETRY, { id: id(1) })).errors?.[0]?.extensions.code).toBe('CONFLICT');
  await api.db.orm.execute(sql`update jobs set status = 'cancelled', stage = 'destroy', ended_at = now() where id = ${Number(id(1))}`);
  expect((await api.call(RETRY, { id: id(1) })).data.retryJob).toMatchObject({ id: id(1), status: 'active', retryOf: null });
  const whole = (await api.call(RETRY, { id: id(1), scope: 'ALL' })).data.retryJob;
  expect(whole).toMatchObject({ status: 'active', retryOf: id(1), parameters: { output_path: 'b' } });
  expect(whole.id).not.toBe(id(1));
});
