import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectorVersions } from '@kiln/db/schema';
import { KnownError } from '@kiln/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SUBMIT, startTestApi, submitted, type TestApi, takeUntil } from '../testing/start-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.answer(async (question) => {
    if (question.kind !== 'check-output') throw new KnownError('NOT_FOUND', 'There is no such thing.');
    if (question.path === 'locked') throw new KnownError('STORAGE_UNWRITABLE', 'The folder locked cannot be written.');
    return { value: null };
  });
});
afterAll(() => api.close());

const submit = async (input: object, token?: string) => (await api.call(SUBMIT, { input }, token)).data.submitJob;
const connector = async (name: string) =>
  (
    await api.call('query ($name: String!) { connector(name: $name) { name title version problem active form platforms { name } } }', {
      name,
    })
  ).data.connector;

async function writeConnector(name: string, manifest: string): Promise<void> {
  await mkdir(join(api.payloads, name), { recursive: true });
  await writeFile(join(api.payloads, name, 'connector.yaml'), manifest);
}

const HELLO =
  'title: Hello\ndescription: Says hello.\nrunsOn: unix\ncommand: echo hello\nparameters:\n  n: { type: integer, default: 1, maximum: 9 }\n';

test('the shipped connectors are listed with their forms, platforms and stages', async () => {
  const { data } = await api.call(
    '{ connectors { name problem version runsOn form platforms { name kind slots maxNodes } } stages { name next } platforms { name } }',
  );
  expect(data.connectors.map((one: { name: string }) => one.name)).toEqual(['pi', 'randnum', 'randnum-internal-sweep', 'rmc-lite']);
  for (const one of data.connectors) expect(one).toMatchObject({ problem: null, version: expect.any(String), form: { type: 'object' } });
  expect(data.connectors[1].platforms).toEqual([{ name: 'local', kind: 'unix', slots: 2, maxNodes: 1 }]);
  expect(Object.keys(data.connectors[1].form.properties)).toContain('output_path');
  expect(data.stages[7]).toEqual({ name: 'converge', next: ['schedule', 'destroy'] });
  expect(data.platforms.map((one: { name: string }) => one.name)).toEqual(['local', 'local-cloud']);
});

test('a job is accepted with its defaults filled in, and its version is kept', async () => {
  const { job, problems } = await submit({ connector: 'randnum', parameters: { output_path: 'results/' } });
  expect(problems).toEqual([]);
  expect(job).toMatchObject({
    connector: 'randnum',
    status: 'active',
    parameters: { platform: 'local', output_storage: 'local', output_path: 'results' },
  });
  expect(job.output).toEqual({ storage: 'local', path: `results/randnum${job.id}` });
  const versions = await api.db.orm.select().from(connectorVersions);
  expect(versions.map((one) => one.connector)).toContain('randnum');
  const { data } = await api.call('{ presets(connector: "randnum") { name parameters } }');
  expect(data.presets).toEqual([{ name: 'Most recent values', parameters: job.parameters }]);
});

test('everything that is wrong is told at once, each with its path', async () => {
  const { job, problems } = await submit({
    connector: 'randnum-internal-sweep',
    parameters: { nodes: 0, platform: 'nowhere', colour: 'red', sweep: { var: [] }, output_path: '../up' },
  });
  expect(job).toBeNull();
  const paths = problems.map((one: { path: string[] }) => one.path.join('.'));
  expect(paths).toEqual(expect.arrayContaining(['nodes', 'platform', 'colour', 'sweep.var', 'output_path']));
  for (const { message } of problems) expect(message).toMatch(/^[^\n]+[.?]$/);
});

test('a sweep over the limit is refused before anything is made of it', async () => {
  const thousand = Array.from({ length: 1000 }, (_, n) => n);
  const { problems } = await submit({ connector: 'randnum', parameters: { sweep: { a: thousand, b: thousand } } });
  expect(problems).toMatchObject([{ path: ['sweep'], code: 'TOO_MANY_TASKS' }]);
});

test('an output location that cannot be written is a problem of the submission', async () => {
  const { problems } = await submit({ connector: 'randnum', parameters: { output_path: 'locked' } });
  expect(problems).toEqual([{ path: ['output_path'], code: 'STORAGE_UNWRITABLE', message: 'The folder locked cannot be written.' }]);
});

test('an unknown connector is a problem, not a failure', async () => {
  expect((await submit({ connector: 'nothing' })).problems).toMatchObject([{ path: ['connector'], code: 'NOT_FOUND' }]);
});

test('a preview shows the first tasks with their nodes and runs nothing', async () => {
  const { data } = await api.call(
    'mutation ($input: SubmitJobInput!) { previewJob(input: $input) { problems { message } taskCount nodes firstTasks { number node values } parameters } }',
    { input: { connector: 'randnum-internal-sweep', parameters: { nodes: 2, sweep: { a: [1, 2, 3], b: ['x', 'y'] } } } },
  );
  expect(data.previewJob).toMatchObject({ problems: [], taskCount: 6, nodes: 2 });
  expect(data.previewJob.firstTasks.map((task: { node: number }) => task.node)).toEqual([1, 1, 1, 2, 2, 2]);
  expect(data.previewJob.firstTasks[3]).toEqual({ number: 4, node: 2, values: { a: 2, b: 'y' } });
  const bad = await api.call('mutation ($input: SubmitJobInput!) { previewJob(input: $input) { problems { path } taskCount } }', {
    input: { connector: 'randnum', parameters: { sweep: 7 } },
  });
  expect(bad.data.previewJob).toEqual({ problems: [{ path: ['sweep'] }], taskCount: 0 });
});

test('the same idempotency key gives the same job, also at once, and a different input is a conflict', async () => {
  const input = { connector: 'randnum', parameters: { output_path: 'same' }, idempotencyKey: 'once' };
  const both = await Promise.all([submit(input), submit(input), submit(input)]);
  expect(new Set(both.map(({ job }) => job.id)).size).toBe(1);
  expect((await submit({ ...input, parameters: { output_path: 'other' } })).problems).toMatchObject([
    { path: ['idempotencyKey'], code: 'CONFLICT' },
  ]);
  expect((await submit({ ...input, parameters: {} })).problems).toMatchObject([{ code: 'CONFLICT' }]);
  expect((await submit({ ...input, connector: 'pi' })).problems).toMatchObject([{ code: 'CONFLICT' }]);
  const other = await submit(input, await api.someoneElse('another submitter'));
  expect(other.job.id).not.toBe(both[0].job.id);
  expect((await submit({ ...input, idempotencyKey: '' })).problems).toMatchObject([{ path: ['idempotencyKey'], code: 'BAD_INPUT' }]);
});

test('a connector that was just saved is what runs, one that was broken is refused with the reason, a gone one is not listed', async () => {
  await writeConnector('hello', HELLO);
  const first = await submitted(api, 'hello', { n: 3 });
  const before = await connector('hello');
  await writeConnector('hello', HELLO.replace('echo hello', 'echo again'));
  const second = await submitted(api, 'hello', { n: 3 });
  const versions = await api.call('query ($a: ID!, $b: ID!) { a: job(id: $a) { version } b: job(id: $b) { version } }', {
    a: first,
    b: second,
  });
  expect(versions.data.a.version).toBe(before.version);
  expect(versions.data.b.version).not.toBe(before.version);

  await writeConnector('hello', 'runsOn: moon\n');
  const { problems } = await submit({ connector: 'hello' });
  expect(problems).toMatchObject([{ path: ['connector'], code: 'CONNECTOR_BROKEN' }]);
  expect(await connector('hello')).toMatchObject({ problem: problems[0].message, version: versions.data.b.version });

  await rm(join(api.payloads, 'hello'), { recursive: true });
  expect((await submit({ connector: 'hello' })).problems).toMatchObject([{ code: 'CONNECTOR_BROKEN', message: 'Its folder is gone.' }]);
  const { data } = await api.call('{ connectors { name } }');
  expect(data.connectors.map((one: { name: string }) => one.name)).not.toContain('hello');
});

test('who subscribes sees a connector come, change and go', async () => {
  const client = api.socket();
  const messages = client.iterate<{ connectorsChanged: { name: string; problem: string | null } }>({
    query: 'subscription { connectorsChanged { name problem } }',
  });
  const seen = takeUntil(messages, (all) => all.some(({ connectorsChanged }) => connectorsChanged.problem === 'Its folder is gone.'));
  await takeUntil(client.iterate({ query: '{ viewer { name } }' }), () => true);
  await writeConnector('watched', HELLO);
  await submit({ connector: 'watched' });
  await rm(join(api.payloads, 'watched'), { recursive: true });
  await submit({ connector: 'watched' });
  for (const { connectorsChanged } of await seen) expect(connectorsChanged.name).toBe('watched');
});

test('only an administrator deactivates a connector; its jobs stay and new ones are refused', async () => {
  const SET = 'mutation ($active: Boolean!) { setConnectorActive(name: "pi", active: $active) { active } }';
  const id = await submitted(api, 'pi');
  const stranger = await api.call(SET, { active: false }, await api.someoneElse('no administrator'));
  expect(stranger.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect((await api.call(SET, { active: false })).data.setConnectorActive.active).toBe(false);
  expect((await submit({ connector: 'pi' })).problems).toMatchObject([{ path: ['connector'], code: 'CONNECTOR_INACTIVE' }]);
  expect((await api.call('query ($id: ID!) { job(id: $id) { connector } }', { id })).data.job.connector).toBe('pi');
  expect((await api.call(SET, { active: true })).data.setConnectorActive.active).toBe(true);
  const unknown = await api.call('mutation { setConnectorActive(name: "nothing", active: true) { active } }');
  expect(unknown.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
});

test('presets are saved, replaced, listed and deleted, by their owner alone', async () => {
  const SAVE = 'mutation ($input: SavePresetInput!) { savePreset(input: $input) { id name parameters } }';
  const input = { connector: 'randnum', name: ' mine ', parameters: { output_path: 'a', sweep: { z: [1], a: [2] } } };
  const { data } = await api.call(SAVE, { input });
  const { id } = data.savePreset;
  expect(data.savePreset.name).toBe('mine');
  expect(JSON.stringify(data.savePreset.parameters.sweep)).toBe('{"z":[1],"a":[2]}');
  expect((await api.call(SAVE, { input: { ...input, parameters: {} } })).data.savePreset).toEqual({ id, name: 'mine', parameters: {} });
  expect((await api.call(SAVE, { input: { ...input, name: 'Most recent values' } })).errors?.[0]?.extensions.code).toBe('BAD_INPUT');
  expect((await api.call(SAVE, { input: { ...input, connector: 'nothing' } })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  expect((await api.call(SAVE, { input: { ...input, parameters: { a: { b: { c: 1 } } } } })).errors?.[0]?.extensions.code).toBe(
    'BAD_INPUT',
  );

  const other = await api.someoneElse('no presets');
  expect((await api.call('{ presets(connector: "randnum") { id } }', {}, other)).data.presets).toEqual([]);
  const DELETE = 'mutation ($id: ID!) { deletePreset(id: $id) }';
  expect((await api.call(DELETE, { id }, other)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  expect((await api.call(DELETE, { id: 'not a uuid' })).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  expect((await api.call(DELETE, { id })).data.deletePreset).toBe(id);
});
