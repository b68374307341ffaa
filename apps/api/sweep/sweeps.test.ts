import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';
import { sweepCalls } from '../testing/sweep-calls.ts';

let api: TestApi;
let sweeps: ReturnType<typeof sweepCalls>;

beforeAll(async () => {
  api = await startTestApi();
  sweeps = sweepCalls(api);
  await api.answer(async () => ({ value: null }));
  await sweeps.connector('model', 'parameters:\n  n: { type: integer, default: 1, minimum: 1, maximum: 9 }\n  word: { type: string }\n');
  await sweeps.connector('plain');
});
afterAll(() => api.close());

test('the sweep {"var1": [7, 9], "var2": [42]} is two jobs, with "x": [1, 2] four', async () => {
  const two = await sweeps.submit({ over: { var1: [7, 9], var2: [42] } });
  expect(two).toMatchObject({ added: 2, problems: [], sweep: { counts: { total: 2 }, over: [{ var1: [7, 9], var2: [42] }] } });
  const four = await sweeps.submit({ over: { var1: [7, 9], var2: [42], x: [1, 2] } });
  const { jobs: found } = await sweeps.children(four.sweep.id);
  expect(found.nodes.map(({ point }: { point: object }) => JSON.stringify(point))).toEqual([
    '{"var1":7,"var2":42,"x":1}',
    '{"var1":7,"var2":42,"x":2}',
    '{"var1":9,"var2":42,"x":1}',
    '{"var1":9,"var2":42,"x":2}',
  ]);
});

test('children lie below their sweep, with what they have in common and values of their own', async () => {
  const { sweep } = await sweeps.submit({
    connector: 'model',
    over: { n: '1:2', extra: 'a' },
    parameters: { word: 'hello', output_path: 'here/' },
  });
  expect(sweep).toMatchObject({ directory: `sweep_model${sweep.id}`, output: { storage: 'local', path: `here/sweep_model${sweep.id}` } });
  const { jobs: found } = await sweeps.children(sweep.id);
  for (const [i, job] of found.nodes.entries()) {
    expect(job).toMatchObject({ point: { n: i + 1, extra: 'a' }, parameters: { n: i + 1, word: 'hello' }, sweepId: sweep.id });
    expect(job.parameters).not.toHaveProperty('extra');
    expect(job.output.path).toBe(`here/sweep_model${sweep.id}/model${job.id}`);
  }
  const { data } = await api.call('mutation ($id: ID!) { retryJob(id: $id, scope: ALL) { sweepId point output { path } id } }', {
    id: found.nodes[0].id,
  });
  expect(data.retryJob).toMatchObject({ sweepId: null, point: { n: 1, extra: 'a' }, output: { path: `here/model${data.retryJob.id}` } });
});

test('any parameter may be swept, also those that every connector has', async () => {
  const { sweep, problems } = await sweeps.submit({ over: { max_failures: ['0', '10%'], word: ['a'] } });
  expect(problems).toEqual([]);
  expect(
    (await sweeps.children(sweep.id)).jobs.nodes.map((job: { parameters: { max_failures: string } }) => job.parameters.max_failures),
  ).toEqual(['0', '10%']);
});

test('what the connector itself would sweep over tasks gives way to what is swept over jobs', async () => {
  const tasks = async (over: object, parameters = {}) => {
    const { sweep } = await sweeps.submit({ connector: 'randnum-internal-sweep', over, parameters });
    return (await sweeps.children(sweep.id)).jobs.nodes.map((job: { parameters: { sweep: object } }) => job.parameters.sweep);
  };
  expect(await tasks({ var: [7, 8] })).toEqual([{}, {}]);
  expect(await tasks({ var: [7] }, { sweep: { var: [1, 2] } })).toEqual([{}]);
  expect(await tasks({ x: [7] })).toEqual([{ var: [1, 2] }]);
  expect(await tasks({ x: [7] }, { sweep: { var: [1, 2, 3] } })).toEqual([{ var: [1, 2, 3] }]);
});

test('each point is checked as a submission of its own, and all that is wrong is told at its name', async () => {
  const wrong = async (input: object) =>
    (await sweeps.submit(input)).problems.map(({ path, message }: { path: string[]; message: string }) => `${path.join('.')}: ${message}`);
  expect(await wrong({ connector: 'model', over: { n: '8:11', PATH: ['x'] } })).toEqual([
    expect.stringMatching(/^over\.PATH: 'PATH' has a meaning/),
    expect.stringMatching(/^word: word is needed/),
  ]);
  expect(await wrong({ connector: 'model', over: { n: '8:11', word: ['x'] } })).toEqual([
    'over.n: n = 10: n must be at most 9.',
    'over.n: n = 11: n must be at most 9.',
  ]);
  expect(await wrong({ over: { sweep: [1], output_path: ['a'] } })).toHaveLength(2);
  expect(await wrong({ over: { platform: ['local', 'nowhere'] } })).toEqual([expect.stringContaining("There is no platform 'nowhere'")]);
  expect(await wrong({ connector: 'randnum-internal-sweep', over: { var: [1, 2] }, parameters: { sweep: { var: [5] } } })).toEqual([
    expect.stringContaining('over the tasks of each job already'),
  ]);
  expect(await wrong({ over: { a: [] } })).toEqual(["over.a: 'a' has no values; give at least one."]);
  expect(await wrong({ over: { a: [1] }, atMost: 0 })).toEqual([expect.stringContaining('1 to 1000')]);
  expect(await wrong({ connector: 'nothing', over: {} })).toEqual([expect.stringContaining('There is no connector')]);
  expect(await wrong({ over: { a: '1:1000', b: '1:1000' } })).toEqual([expect.stringContaining('1,000,000 jobs')]);
});

test('a preview counts jobs and shows the first points, and runs nothing', async () => {
  const before = (await api.call('{ sweeps { totalCount } }')).data.sweeps.totalCount;
  const over = { a: '1:3', b: '1:3', $where: 'a < b and b < top' };
  expect(await sweeps.preview({ connector: 'randnum-internal-sweep', over, parameters: {} })).toMatchObject({
    jobCount: 0,
    problems: [{ path: ['over'] }],
  });
  const seen = await sweeps.preview({ connector: 'randnum-internal-sweep', over: { a: '1:3', b: '1:30', $where: 'a < b' } });
  expect(seen).toMatchObject({ problems: [], jobCount: 84, taskCount: 2, atMost: 2, parameters: { platform: 'local-cloud' } });
  expect(seen.firstPoints).toHaveLength(10);
  expect(seen.firstPoints[0]).toEqual({ a: 1, b: 2 });
  expect((await api.call('{ sweeps { totalCount } }')).data.sweeps.totalCount).toBe(before);
});

test('a condition may speak of parameters that are the same for all', async () => {
  const { sweep } = await sweeps.submit({ connector: 'model', over: { a: '1:5', $where: 'a <= n' }, parameters: { n: 3, word: 'x' } });
  expect(sweep.counts.total).toBe(3);
});

test('the same idempotency key gives the same sweep, also at once, and a different one is a conflict', async () => {
  const input = { over: { a: '1:50' }, idempotencyKey: 'once' };
  const all = await Promise.all([sweeps.submit(input), sweeps.submit(input), sweeps.submit(input)]);
  expect(new Set(all.map(({ sweep }) => sweep.id)).size).toBe(1);
  expect(all.reduce((sum, { added }) => sum + added, 0)).toBe(50);
  expect((await sweeps.children(all[0].sweep.id)).counts.total).toBe(50);
  expect((await sweeps.submit({ ...input, over: { a: '1:51' } })).problems).toMatchObject([{ code: 'CONFLICT' }]);
  expect((await sweeps.submit({ ...input, parameters: { output_path: 'other' } })).problems).toMatchObject([{ code: 'CONFLICT' }]);
  expect((await sweeps.submit({ ...input, idempotencyKey: '' })).problems).toMatchObject([{ code: 'BAD_INPUT' }]);
});
