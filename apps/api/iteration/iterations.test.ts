import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jobs } from '@kiln/db/schema';
import { iterations } from '@kiln/db/schema-runs';

import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestApi, submitted, type TestApi, type Variables } from '../testing/start-test-api.ts';

let api: TestApi;
let stranger: string;
beforeAll(async () => {
  api = await startTestApi();
  await api.answer(async () => ({ value: null }));
  stranger = await api.someoneElse();
  const folder = join(api.payloads, 'narrow');
  await mkdir(folder);
  await writeFile(
    join(folder, 'connector.ts'),
    `import { defineConnector } from '@kiln/domain';
export default defineConnector({
  description: 'Comes closer.',
  runsOn: 'unix',
  parameters: { step: { type: 'number', default: 1, minimum: 0 }, word: { type: 'string', default: 'x' } },
  command: 'echo 1 > "$2/n"',
  converged: () => ({ done: false }),
});
`,
  );
});
afterAll(() => api.close());

let job: string;
beforeEach(async () => {
  job = await submitted(api, 'narrow', { step: 2 });
});

const set = (values: Partial<typeof jobs.$inferInsert>) =>
  api.db.orm
    .update(jobs)
    .set(values)
    .where(eq(jobs.id, Number(job)));

/** What a worker would have written of iterations that have come to their end. */
async function iterated(count: number): Promise<void> {
  await api.db.orm.insert(iterations).values(
    Array.from({ length: count }, (_, iteration) => ({
      jobId: Number(job),
      iteration,
      criterion: 1 / (iteration + 1),
      scores: Object.fromEntries(Array.from({ length: 150 }, (_unused, i) => [String(i + 1), 150 - i])),
      kept: [150, 149],
      note: `Round ${iteration}.`,
    })),
  );
  await set({ iteration: count });
}

const FIELDS = 'id iteration status maximumIterations stopAfterIteration parameters branchOf { job iteration }';
const STOP = `mutation ($id: ID!, $stop: Boolean! = true) { stopAfterIteration(id: $id, stop: $stop) { ${FIELDS} } }`;
const CONTINUE = `mutation ($id: ID!, $n: Int!) { continueJob(id: $id, iterations: $n) { ${FIELDS} } }`;
const BRANCH = `mutation ($id: ID!, $iteration: Int!, $parameters: JSONObject) {
  branchJob(id: $id, iteration: $iteration, parameters: $parameters) { job { ${FIELDS} } problems { path code message } }
}`;
const branch = (iteration: number, parameters?: Variables) => api.call(BRANCH, { id: job, iteration, parameters });
const code = ({ errors }: { errors: readonly { extensions: { code: string } }[] | undefined }) => errors?.[0]?.extensions.code;

test('a job tells what its iterations came to, with the best hundred scores', async () => {
  await iterated(2);
  await api.db.orm.update(iterations).set({ ending: 'maximum' }).where(eq(iterations.iteration, 1));
  const { data } = await api.call(
    `query ($id: ID!) { job(id: $id) { ${FIELDS} iterations { iteration criterion kept scores { task score } ending note } } }`,
    { id: job },
  );
  expect(data.job).toMatchObject({ maximumIterations: 20, stopAfterIteration: false, branchOf: null });
  expect(data.job.iterations.map(({ scores: _, ...rest }: { scores: unknown }) => rest)).toEqual([
    { iteration: 0, criterion: 1, kept: [150, 149], ending: null, note: 'Round 0.' },
    { iteration: 1, criterion: 0.5, kept: [150, 149], ending: 'MAXIMUM', note: 'Round 1.' },
  ]);
  const [{ scores }] = data.job.iterations;
  expect(scores).toHaveLength(100);
  expect(scores[0]).toEqual({ task: 150, score: 1 });
  expect(scores[99]).toEqual({ task: 51, score: 100 });
});

test('a job without iterations has none, and none can be asked for', async () => {
  job = await submitted(api, 'randnum');
  const { data } = await api.call('query ($id: ID!) { job(id: $id) { maximumIterations iterations { iteration } } }', { id: job });
  expect(data.job).toEqual({ maximumIterations: null, iterations: [] });
  for (const [document, variables] of [
    [STOP, {}],
    [CONTINUE, { n: 1 }],
    [BRANCH, { iteration: 0 }],
  ] as const) {
    const answer = await api.call(document, { id: job, ...variables });
    expect(code(answer)).toBe('CONFLICT');
    expect(answer.errors?.[0]?.message).toContain('one iteration only');
  }
});

test('somebody else can neither see nor steer it', async () => {
  await iterated(1);
  for (const [document, variables] of [
    [STOP, {}],
    [CONTINUE, { n: 1 }],
    [BRANCH, { iteration: 0 }],
  ] as const) {
    expect(code(await api.call(document, { id: job, ...variables }, stranger))).toBe('NOT_FOUND');
  }
  expect((await api.call('query ($id: ID!) { job(id: $id) { iterations { iteration } } }', { id: job }, stranger)).data.job).toBeNull();
});

test('this iteration is made the last one, and that is taken back', async () => {
  expect((await api.call(STOP, { id: job })).data.stopAfterIteration).toMatchObject({ stopAfterIteration: true });
  expect((await api.call(STOP, { id: job, stop: false })).data.stopAfterIteration).toMatchObject({ stopAfterIteration: false });
  await set({ status: 'succeeded' });
  expect(code(await api.call(STOP, { id: job }))).toBe('CONFLICT');
});

test('a live job gets more iterations; one that succeeded goes on; one that failed does not', async () => {
  await iterated(3);
  await set({ stopAfterIteration: true });
  expect((await api.call(CONTINUE, { id: job, n: 5 })).data.continueJob).toMatchObject({
    maximumIterations: 25,
    stopAfterIteration: false,
  });
  await set({ status: 'succeeded', stage: 'destroy' });
  expect((await api.call(CONTINUE, { id: job, n: 2 })).data.continueJob).toMatchObject({
    status: 'active',
    iteration: 4,
    maximumIterations: 6,
  });
  await set({ status: 'failed' });
  expect(code(await api.call(CONTINUE, { id: job, n: 2 }))).toBe('CONFLICT');
  expect(code(await api.call(CONTINUE, { id: job, n: 0 }))).toBe('BAD_INPUT');
});

test('a branch goes on from an iteration with what was changed, and leaves the job as it is', async () => {
  await iterated(3);
  const { data } = await branch(1, { step: '0.5' });
  const { problems, job: branched } = data.branchJob;
  expect(problems).toEqual([]);
  expect(branched).toMatchObject({ iteration: 2, status: 'active', branchOf: { job, iteration: 1 }, parameters: { step: 0.5, word: 'x' } });
  const { data: both } = await api.call(
    'query ($a: ID!, $b: ID!) { a: job(id: $a) { parameters } b: job(id: $b) { iterations { iteration criterion } } }',
    { a: job, b: branched.id },
  );
  expect(both.a.parameters.step).toBe(2);
  expect(both.b.iterations).toEqual([
    { iteration: 0, criterion: 1 },
    { iteration: 1, criterion: 0.5 },
  ]);
});

test('a branch is refused for an iteration that is not over, another place, and values that do not fit', async () => {
  await iterated(2);
  expect(code(await branch(2))).toBe('CONFLICT');
  expect(code(await branch(-1))).toBe('CONFLICT');
  const problems = async (parameters: Variables) => (await branch(0, parameters)).data.branchJob;
  expect(await problems({ platform: 'local-cloud', output_path: 'else' })).toEqual({
    job: null,
    problems: [
      { path: ['platform'], code: 'BAD_INPUT', message: expect.stringContaining("keeps 'platform'") },
      { path: ['output_path'], code: 'BAD_INPUT', message: expect.any(String) },
    ],
  });
  expect(await problems({ step: -1, nonsense: 1 })).toMatchObject({ job: null, problems: [{ path: ['nonsense'] }, { path: ['step'] }] });
  expect((await problems({ platform: 'local' })).problems).toEqual([]);
  const few = await branch(1, { maximum_iterations: 2 });
  expect(few.data.branchJob).toMatchObject({
    job: null,
    problems: [{ path: ['maximum_iterations'], message: expect.stringContaining('at least 3') }],
  });
});

test('once the connector has changed, a branch keeps its parameters and their types', async () => {
  await iterated(2);
  await appendFile(join(api.payloads, 'narrow/connector.ts'), '// changed\n');
  const answer = async (parameters: Variables) => (await branch(0, parameters)).data.branchJob;
  expect((await answer({ step: '0.25', word: 'y', task_time_limit: '2h' })).job).toMatchObject({
    parameters: { step: 0.25, word: 'y', task_time_limit: '2h' },
  });
  expect(await answer({ step: 'wide', fresh: 1, word: 3, task_time_limit: 'soon', sweep: { n: [1] } })).toEqual({
    job: null,
    problems: ['step', 'fresh', 'word', 'task_time_limit', 'sweep'].map((name) => ({
      path: [name],
      code: 'BAD_INPUT',
      message: expect.stringContaining(name),
    })),
  });
});

test('a branch of a deactivated connector is refused', async () => {
  await iterated(1);
  await api.call('mutation { setConnectorActive(name: "narrow", active: false) { name } }');
  expect(code(await branch(0))).toBe('CONNECTOR_INACTIVE');
  await api.call('mutation { setConnectorActive(name: "narrow", active: true) { name } }');
});
