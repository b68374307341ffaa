import { tasks } from '@kiln/db/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';
import { sweepCalls } from '../testing/sweep-calls.ts';

const OUTPUTS = `outputs:
  energy: { title: Energy, unit: eV, file: e.json, json: energy }
  status: { file: log, match: 'R = (.*)' }
`;
const NUMBERS = `query ($id: ID!, $of: NumberOf! = MEAN, $since: Float, $first: Int! = 10, $after: ID) { sweep(id: $id) {
  numbers(of: $of, since: $since, first: $first, after: $after) { jobs tasks more numbers { name title unit values } }
} }`;
const OF_TASKS = `query ($id: ID!, $first: Int! = 10, $afterJob: ID, $afterTask: Int! = 0) { sweep(id: $id) {
  taskNumbers(name: "energy", first: $first, afterJob: $afterJob, afterTask: $afterTask) { jobs tasks values more }
} }`;

let api: TestApi;
let sweep: { id: string; lastSeq: number };
let ids: string[];

beforeAll(async () => {
  api = await startTestApi();
  await api.answer(async () => ({ value: null }));
  const calls = sweepCalls(api);
  await calls.connector('measured', OUTPUTS);
  ({ sweep } = await calls.submit({ connector: 'measured', over: { n: '1:4' }, parameters: { sweep: { k: [1, 2] } } }));
  ids = (await calls.children(sweep.id)).jobs.nodes.map(({ id }: { id: string }) => id);
  const task = (job: number, number: number, numbers: Readonly<Record<string, number>>, more = {}) => ({
    ...({
      jobId: Number(ids[job]),
      number,
      iteration: 0,
      node: 'local',
      state: 'succeeded',
      collected: true,
      values: { k: number },
    } as const),
    ...{ numbers, ...more },
  });
  await api.db.orm
    .insert(tasks)
    .values([
      task(0, 1, { energy: 1, status: 7 }),
      task(0, 2, { energy: 2, earlier: 5 }),
      task(1, 1, { energy: 1.5e308 }),
      task(1, 2, { energy: 1.7e308 }),
      task(2, 1, { energy: -3 }),
      task(2, 2, { energy: 99 }, { state: 'failed' }),
      task(2, 3, { energy: 99 }, { iteration: 1 }),
    ]);
});
afterAll(() => api.close());

const numbers = async (variables: object = {}) => (await api.call(NUMBERS, { id: sweep.id, ...variables })).data.sweep.numbers;

test('numbers of all children come in columns, those of the tasks of each as their mean, minimum or maximum', async () => {
  expect(await numbers()).toEqual({
    jobs: ids,
    tasks: [2, 2, 1, 0],
    more: false,
    numbers: [
      { name: 'energy', title: 'Energy', unit: 'eV', values: [1.5, 1.6e308, -3, null] },
      { name: 'status', title: 'status', unit: null, values: [7, null, null, null] },
      { name: 'earlier', title: 'earlier', unit: null, values: [5, null, null, null] },
    ],
  });
  const energy = async (of: string) => (await numbers({ of })).numbers[0].values;
  expect(await energy('MINIMUM')).toEqual([1, 1.5e308, -3, null]);
  expect(await energy('MAXIMUM')).toEqual([2, 1.7e308, -3, null]);
});

test('they are read in pages, and only of children that have changed since', async () => {
  expect(await numbers({ first: 1 })).toMatchObject({ jobs: [ids[0]], more: true });
  expect(await numbers({ first: 3, after: ids[0] })).toMatchObject({ jobs: ids.slice(1), more: false });
  const seen = (await numbers({ since: 0 })).jobs;
  expect(seen).toEqual(ids);
  await api.call('mutation ($id: ID!) { cancelJob(id: $id) { id } }', { id: ids[2] });
  expect(await numbers({ since: sweep.lastSeq })).toMatchObject({ jobs: [ids[2]], tasks: [1] });
  for (const first of [0, 10_001]) {
    expect((await api.call(NUMBERS, { id: sweep.id, first })).errors?.[0]).toMatchObject({ extensions: { code: 'BAD_INPUT' } });
  }
});

test('one output is had for each task of each child, in pages', async () => {
  const found = async (variables: object = {}) => (await api.call(OF_TASKS, { id: sweep.id, ...variables })).data.sweep.taskNumbers;
  expect(await found()).toEqual({
    jobs: [ids[0], ids[0], ids[1], ids[1], ids[2]],
    tasks: [1, 2, 1, 2, 1],
    values: [1, 2, 1.5e308, 1.7e308, -3],
    more: false,
  });
  expect(await found({ first: 1, afterJob: ids[0], afterTask: 1 })).toMatchObject({ jobs: [ids[0]], tasks: [2], more: true });
});

test('the files of children have the numbers, and a column whose name is taken says what it is', async () => {
  const get = async (name: string, token = api.token) =>
    fetch(`${api.api.url}/files/sweeps/${sweep.id}/${name}`, { headers: { authorization: `Bearer ${token}` } });
  const lines = (await (await get('children.csv')).text()).split('\r\n');
  expect(lines[0]).toBe('job,n,energy,output status,earlier,directory,status,stage,created,started,ended,seconds,message');
  expect(lines[1]).toMatch(new RegExp(`^${ids[0]},1,1.5,7,5,measured`));
  expect(lines[4]).toMatch(new RegExp(`^${ids[3]},4,,,,measured`));
  const json = (await (await get('children.json?of=maximum')).json()) as { numbers: object }[];
  expect(json.map((row) => row.numbers)).toEqual([{ energy: 2, status: 7, earlier: 5 }, { energy: 1.7e308 }, { energy: -3 }, {}]);
  expect((await get('children.csv?of=median')).status).toBe(400);
  const stranger = await api.someoneElse();
  expect((await get('children.csv', stranger)).status).toBe(404);
  expect((await api.call(NUMBERS, { id: sweep.id }, stranger)).data.sweep).toBeNull();
});
