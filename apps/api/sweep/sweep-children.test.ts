import { appendEvents } from '@kiln/db/append-events';
import { jobs } from '@kiln/db/schema';
import { inTransaction } from '@kiln/db/transaction';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, submitted, type TestApi, takeUntil } from '../testing/start-test-api.ts';
import { sweepCalls } from '../testing/sweep-calls.ts';

let api: TestApi;
let sweeps: ReturnType<typeof sweepCalls>;
let stranger: string;

beforeAll(async () => {
  api = await startTestApi();
  sweeps = sweepCalls(api);
  await api.answer(async () => ({ value: null }));
  stranger = await api.someoneElse();
  await sweeps.connector('plain');
});
afterAll(() => api.close());

const setStatus = (id: string, status: 'failed' | 'succeeded') =>
  api.db.orm
    .update(jobs)
    .set({
      status,
      endedAt: new Date().toISOString(),
      ...(status === 'failed' && { ending: { status, code: 'TASKS_FAILED', message: 'It failed.' } }),
    })
    .where(eq(jobs.id, Number(id)));

test('only so many jobs of a sweep run at once, and a thousand are accepted', async () => {
  const { sweep } = await sweeps.submit({ over: { a: '1:1000' }, atMost: 5 });
  expect(sweep).toMatchObject({ status: 'active', counts: { total: 1000, active: 5, waiting: 995 }, endedAt: null });
  const { data } = await api.call('mutation ($id: ID!) { limitSweep(id: $id, atMost: 8) { atMost counts { active waiting } } }', {
    id: sweep.id,
  });
  expect(data.limitSweep).toEqual({ atMost: 8, counts: { active: 8, waiting: 992 } });
});

test('a sweep is cancelled as one: what waits at once, what runs on its way', async () => {
  const { sweep } = await sweeps.submit({ over: { a: '1:6' }, atMost: 2 });
  expect((await sweeps.act('cancelSweep', sweep.id)).data.cancelSweep).toMatchObject({
    status: 'active',
    counts: { active: 2, cancelled: 4, waiting: 0 },
  });
  expect((await sweeps.act('cancelSweep', sweep.id)).data.cancelSweep.counts).toMatchObject({ active: 2, cancelled: 4 });
});

test('a child that waits is cancelled at once, and takes no place', async () => {
  const { sweep } = await sweeps.submit({ over: { a: '1:3' }, atMost: 1 });
  const [, second] = (await sweeps.children(sweep.id)).jobs.nodes;
  expect(second).toMatchObject({ status: 'waiting', startedAt: null });
  const { data } = await api.call('mutation ($id: ID!) { cancelJob(id: $id) { status endedAt ending { code } } }', { id: second.id });
  expect(data.cancelJob).toMatchObject({ status: 'cancelled', endedAt: expect.any(String), ending: { code: 'CANCELLED' } });
  expect((await sweeps.children(sweep.id)).counts).toMatchObject({ active: 1, waiting: 1, cancelled: 1 });
});

test('a retry of a sweep has what did not succeed wait for its turn again', async () => {
  const { sweep } = await sweeps.submit({ over: { a: '1:4' }, atMost: 2 });
  const ids: string[] = (await sweeps.children(sweep.id)).jobs.nodes.map(({ id }: { id: string }) => id);
  expect((await sweeps.act('retrySweep', sweep.id)).errors?.[0]?.extensions.code).toBe('CONFLICT');
  for (const [i, id] of ids.entries()) await setStatus(id, i === 1 ? 'succeeded' : 'failed');
  expect((await sweeps.children(sweep.id)).status).toBe('failed');
  expect((await sweeps.act('retrySweep', sweep.id)).data.retrySweep.counts).toMatchObject({
    active: 2,
    waiting: 1,
    failed: 0,
    cancelled: 0,
  });
  const rounds = await api.db.orm
    .select({ round: jobs.round })
    .from(jobs)
    .where(eq(jobs.sweepId, Number(sweep.id)))
    .orderBy(jobs.id);
  expect(rounds.map(({ round }) => round)).toEqual([1, 0, 1, 0]);
});

test('a sweep is extended by the points that it does not have, once', async () => {
  const EXTEND =
    'mutation ($id: ID!, $over: JSON!) { extendSweep(id: $id, over: $over) { added problems { path message } sweep { over counts { total } } } }';
  const { sweep } = await sweeps.submit({ over: { a: '1:3' }, atMost: 1 });
  const extend = async (over: unknown, token?: string) => api.call(EXTEND, { id: sweep.id, over }, token);
  const both = await Promise.all([extend({ a: '2:5' }), extend({ a: '2:5' })]);
  expect(both.map(({ data }) => data.extendSweep.added).sort()).toEqual([0, 2]);
  expect((await extend({ a: '5:6', b: ['x'] })).data.extendSweep).toMatchObject({
    added: 2,
    sweep: { counts: { total: 7 }, over: [{ a: '1:3' }, { a: '2:5' }, { a: '5:6', b: ['x'] }] },
  });
  expect((await extend({ a: [] })).data.extendSweep).toMatchObject({ sweep: null, problems: [{ path: ['over', 'a'] }] });
  expect((await extend({ a: [9] }, stranger)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  await sweeps.connector('plain', '# changed\n');
  expect((await extend({ a: [9] })).errors?.[0]?.extensions.code).toBe('CONFLICT');
  await sweeps.connector('plain');
});

test('children are listed only where they are asked for', async () => {
  const single = await submitted(api, 'plain');
  const { sweep } = await sweeps.submit({ over: { a: '1:3' } });
  const list = async (filter: object) => {
    const { data } = await api.call('query ($filter: JobFilter) { jobs(filter: $filter, first: 500) { nodes { id sweepId } } }', {
      filter,
    });
    return data.jobs.nodes as { id: string; sweepId: string | null }[];
  };
  expect((await list({})).every(({ sweepId }) => sweepId === null)).toBe(true);
  expect((await list({})).map(({ id }) => id)).toContain(single);
  expect((await list({ sweep: sweep.id })).map(({ sweepId }) => sweepId)).toEqual([sweep.id, sweep.id, sweep.id]);
  expect((await list({ children: true })).map(({ sweepId }) => sweepId)).toContain(sweep.id);
  expect(await list({ sweep: 'x' })).toEqual([]);
});

test('nobody sees or touches the sweeps of others', async () => {
  const { sweep } = await sweeps.submit({ over: { a: [1] } });
  expect((await api.call('query ($id: ID!) { sweep(id: $id) { id } }', { id: sweep.id }, stranger)).data.sweep).toBeNull();
  for (const call of ['cancelSweep', 'retrySweep'])
    expect((await sweeps.act(call, sweep.id, stranger)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  expect((await api.call('{ sweeps { totalCount } }', {}, stranger)).data.sweeps.totalCount).toBe(0);
  const { status } = await fetch(`${api.api.url}/files/sweeps/${sweep.id}/children.csv`, {
    headers: { authorization: `Bearer ${stranger}` },
  });
  expect(status).toBe(404);
});

test('who follows a sweep gets the gap and then what changes, and who follows single jobs hears nothing of it', async () => {
  interface Changed {
    readonly sweepChanged: {
      readonly lastSeq: number;
      readonly sweep: { counts: { total: number } };
      readonly jobs: readonly { id: string }[];
    };
  }
  const { sweep } = await sweeps.submit({ over: { a: '1:600' }, atMost: 1 });
  const query = `subscription ($id: ID!, $after: Float! = 0) { sweepChanged(id: $id, after: $after) { lastSeq sweep { counts { total } } jobs { id status } } }`;
  const [first] = (await sweeps.children(sweep.id)).jobs.nodes;
  let noted = false;
  const seen = await takeUntil<Changed>(api.socket().iterate({ query, variables: { id: sweep.id } }), (all) => {
    const ids = all.flatMap(({ sweepChanged }) => sweepChanged.jobs.map(({ id }) => id));
    if (ids.length >= 600 && !noted) {
      noted = true;
      void inTransaction(api.db, (tx) => appendEvents(tx, Number(first.id), [{ kind: 'note', subject: '', message: 'again' }]));
    }
    return ids.length > 600;
  });
  expect(new Set(seen.flatMap(({ sweepChanged }) => sweepChanged.jobs.map(({ id }) => id))).size).toBe(600);
  expect(seen.at(-1)?.sweepChanged).toMatchObject({ sweep: { counts: { total: 600 } }, jobs: [{ id: first.id }] });

  const jobsOnly = takeUntil<{ jobsChanged: { jobs: { id: string }[] } }>(
    api.socket().iterate({
      query: 'subscription ($after: Float) { jobsChanged(after: $after) { jobs { id } } }',
      variables: { after: sweep.lastSeq - 1 },
    }),
    () => true,
  );
  const changed = takeUntil<{ sweepsChanged: { sweeps: { id: string }[] } }>(
    api.socket().iterate({
      query: 'subscription ($after: Float) { sweepsChanged(after: $after) { sweeps { id } lastSeq } }',
      variables: { after: sweep.lastSeq - 1 },
    }),
    () => true,
  );
  expect((await changed)[0]?.sweepsChanged.sweeps).toEqual([{ id: sweep.id }]);
  const alone = await submitted(api, 'plain');
  expect((await jobsOnly)[0]?.jobsChanged.jobs).toEqual([{ id: alone }]);
});

test('children are had as CSV and JSON, with their points, states and times', async () => {
  const { sweep } = await sweeps.submit({ over: { word: ['a,b', 'say "x"'], n: '1:300' }, atMost: 1 });
  const [first] = (await sweeps.children(sweep.id)).jobs.nodes;
  await api.db.orm
    .update(jobs)
    .set({ status: 'succeeded', endedAt: new Date().toISOString() })
    .where(eq(jobs.id, Number(first.id)));
  const get = async (name: string) =>
    fetch(`${api.api.url}/files/sweeps/${sweep.id}/${name}`, { headers: { authorization: `Bearer ${api.token}` } });
  const csv = await get('children.csv');
  expect(csv.headers.get('content-disposition')).toContain('attachment');
  const lines = (await csv.text()).trimEnd().split('\r\n');
  expect(lines[0]).toBe('job,word,n,directory,status,stage,created,started,ended,seconds,message');
  expect(lines[1]).toMatch(new RegExp(`^${first.id},"a,b",1,plain${first.id},succeeded,configure,\\S+Z,\\S+Z,\\S+Z,-?[0-9.]+,$`));
  expect(lines[600]).toMatch(/^\d+,"say ""x""",300,plain\d+,waiting,configure,[^,]+,,,,$/);
  expect(lines).toHaveLength(601);
  const json = (await (await get('children.json')).json()) as { status: string; point: object; parameters: object }[];
  expect(json).toHaveLength(600);
  expect(json[0]).toMatchObject({ status: 'succeeded', point: { word: 'a,b', n: 1 }, parameters: { platform: 'local' } });
  expect((await get('children.xml')).status).toBe(404);
});
