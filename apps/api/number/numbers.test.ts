import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tasks } from '@kiln/db/schema';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, submitted, type TestApi } from '../testing/start-test-api.ts';

const MANIFEST = `description: Leaves numbers.
runsOn: unix
command: 'true'
outputs:
  energy: { title: Energy, unit: eV, file: e.json, json: energy }
  r: { file: log, match: 'R = (.*)' }
`;
const NUMBERS = `query ($id: ID!, $first: Int! = 10, $after: Int! = 0, $iteration: Int) { job(id: $id) {
  numbers(first: $first, after: $after, iteration: $iteration) {
    iteration tasks more swept { name values } numbers { name title unit values }
  }
} }`;

let api: TestApi;
let job: string;
beforeAll(async () => {
  api = await startTestApi();
  await api.answer(async () => ({ value: null }));
  await mkdir(join(api.payloads, 'measured'));
  await writeFile(join(api.payloads, 'measured', 'connector.yaml'), MANIFEST);
  job = await submitted(api, 'measured', { sweep: { n: [1, 2, 3], word: ['x'] } });
  const task = { jobId: Number(job), iteration: 0, node: 'local', state: 'succeeded', collected: true } as const;
  await api.db.orm.insert(tasks).values([
    { ...task, number: 1, values: { n: 1, word: 'x' }, numbers: { energy: 0.5, r: 2 } },
    { ...task, number: 2, values: { n: 2, word: 'x' }, numbers: { energy: 0.25, earlier: 7 } },
    { ...task, number: 3, values: { n: 3, word: 'x' }, state: 'running', collected: false },
    { ...task, number: 4, values: { n: 4 }, iteration: 1 },
  ]);
});
afterAll(() => api.close());

test('numbers come in columns, with what is not known any more after what the connector declares', async () => {
  expect((await api.call(NUMBERS, { id: job })).data.job.numbers).toEqual({
    iteration: 0,
    tasks: [1, 2],
    more: false,
    swept: [
      { name: 'n', values: ['1', '2'] },
      { name: 'word', values: ['x', 'x'] },
    ],
    numbers: [
      { name: 'energy', title: 'Energy', unit: 'eV', values: [0.5, 0.25] },
      { name: 'r', title: 'r', unit: null, values: [2, null] },
      { name: 'earlier', title: 'earlier', unit: null, values: [null, 7] },
    ],
  });
  const { data } = await api.call('{ connector(name: "measured") { outputs { name title unit file } } }');
  expect(data.connector.outputs).toEqual([
    { name: 'energy', title: 'Energy', unit: 'eV', file: 'e.json' },
    { name: 'r', title: 'r', unit: null, file: 'log' },
  ]);
  const { data: one } = await api.call('query ($id: ID!) { job(id: $id) { task(number: 1) { numbers } } }', { id: job });
  expect(one.job.task.numbers).toEqual({ energy: 0.5, r: 2 });
});

test('what the tasks of a job came to together is one number each', async () => {
  const query = 'query ($id: ID!, $of: NumberOf!) { job(id: $id) { combinedNumbers(of: $of) { name title unit value } } }';
  expect((await api.call(query, { id: job, of: 'MEAN' })).data.job.combinedNumbers).toEqual([
    { name: 'energy', title: 'Energy', unit: 'eV', value: 0.375 },
    { name: 'r', title: 'r', unit: null, value: 2 },
    { name: 'earlier', title: 'earlier', unit: null, value: 7 },
  ]);
  expect((await api.call(query, { id: job, of: 'MAXIMUM' })).data.job.combinedNumbers[0].value).toBe(0.5);
});

test('a table is read in pages, of any iteration, within bounds, and by its owner alone', async () => {
  expect((await api.call(NUMBERS, { id: job, first: 1 })).data.job.numbers).toMatchObject({ tasks: [1], more: true });
  expect((await api.call(NUMBERS, { id: job, first: 1, after: 1 })).data.job.numbers).toMatchObject({ tasks: [2], more: false });
  expect((await api.call(NUMBERS, { id: job, iteration: 1 })).data.job.numbers).toMatchObject({ iteration: 1, tasks: [4] });
  for (const first of [0, 10_001]) {
    expect((await api.call(NUMBERS, { id: job, first })).errors?.[0]).toMatchObject({ extensions: { code: 'BAD_INPUT' } });
  }
  expect((await api.call(NUMBERS, { id: job }, await api.someoneElse())).data.job).toBeNull();
});
