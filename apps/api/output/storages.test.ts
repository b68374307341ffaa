import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@kiln/db/connect';
import { type SshServer, sshServer } from '@kiln/testing/ssh-server';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorker } from '../../worker/worker.ts';
import { SUBMIT, startTestApi, submitted, type TestApi, takeUntil } from '../testing/start-test-api.ts';

let api: TestApi;
let server: SshServer;
let root: string;
const closing: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  [api, root] = await Promise.all([startTestApi(), mkdtemp(join(tmpdir(), 'kiln-server-'))]);
  server = await sshServer({ directory: root, password: 'secret' });
  const db = openDatabase(api.db.url, { max: 20 });
  const worker = await startWorker({ db, kilnHome: api.home, log: pino({ level: 'silent' }), environment: process.env });
  closing.push(
    () => rm(root, { recursive: true }),
    () => server.close(),
    () => api.close(),
    () => db.close(),
    () => worker.close(),
  );
  const folder = join(api.payloads, 'gated/process_payload');
  await mkdir(folder, { recursive: true });
  const main =
    '#!/bin/sh\necho begun\nwhile [ ! -e "$gate" ]; do sleep 0.05; done\nmkdir "$2/sub dir"\nprintf "%s" "$words" >"$2/sub dir/words"\n';
  await writeFile(join(folder, 'main.sh'), main, { mode: 0o755 });
  const yaml = 'description: A test.\nrunsOn: unix\nparameters: { gate: { default: "" }, words: { default: "" } }\n';
  await writeFile(join(folder, '../connector.yaml'), yaml);
});
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

const STATE = 'subscription { platformChanged(name: "server") { state } }';
const REGISTER = 'mutation ($input: RegisterPlatformInput!) { registerPlatform(input: $input) { problems { message } } }';
const UPDATE = 'mutation ($input: UpdatePlatformInput!) { updatePlatform(name: "server", input: $input) { problems { path message } } }';

const storages = async () => {
  const { data } = await api.call('{ connector(name: "randnum") { form } }');
  const { output_storage } = data.connector.form.properties;
  return { default: output_storage.default, names: output_storage.oneOf.map((option: { const: string }) => option.const) };
};

async function ready(): Promise<void> {
  const messages = api.socket().iterate<{ platformChanged: { state: string } }>({ query: STATE });
  await takeUntil(messages, (all) => all.at(-1)?.platformChanged.state === 'ready');
}

async function ended(id: string): Promise<string> {
  for (;;) {
    const { data } = await api.call('query ($id: ID!) { job(id: $id) { status } }', { id });
    if (!['active', 'blocked'].includes(data.job.status)) return data.job.status;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a server that is registered is offered for results, and keeps them for whoever asks the API', { timeout: 120_000 }, async () => {
  expect(await storages()).toEqual({ default: 'local', names: ['local'] });
  const connection = { host: '127.0.0.1', port: server.port, user: 'ann' };
  const input = { name: 'server', kind: 'unix', connection, enrolment: { password: 'secret' }, description: 'Ours.' };
  expect((await api.call(REGISTER, { input })).data).toEqual({ registerPlatform: { problems: [] } });
  await ready();
  expect(await storages()).toEqual({ default: 'local', names: ['local', 'server'] });

  const gate = join(root, 'gate');
  const words = 'wörds '.repeat(100);
  const id = await submitted(api, 'gated', { gate, words, output_storage: 'server', output_path: 'my results/' });
  const { data } = await api.call('query ($id: ID!) { job(id: $id) { output { storage path } } }', { id });
  expect(data.job.output).toEqual({ storage: 'server', path: `my results/gated${id}` });

  const deleted = await api.call('mutation { deletePlatform(name: "server") { problems { message } jobs { id } } }');
  expect(deleted.data.deletePlatform).toMatchObject({
    jobs: [{ id }],
    problems: [{ message: expect.stringContaining('cannot be removed') }],
  });
  const moved = await api.call(UPDATE, { input: { settings: { root: '~/elsewhere' } } });
  expect(moved.data.updatePlatform.problems).toMatchObject([{ message: expect.stringContaining('cannot be given another root path') }]);

  await writeFile(gate, '');
  expect(await ended(id)).toBe('succeeded');
  const listed = await api.call('query ($id: ID!) { job(id: $id) { outputs(path: "output/1/sub dir") { name size url } } }', { id });
  expect(listed.data.job.outputs).toMatchObject([{ name: 'words', size: Buffer.byteLength(words) }]);
  const get = (headers: Record<string, string>) =>
    fetch(`${api.api.url}${listed.data.job.outputs[0].url}`, { headers: { authorization: `Bearer ${api.token}`, ...headers } });
  expect(await (await get({})).text()).toBe(words);
  const part = await get({ range: 'bytes=7-11' });
  expect([part.status, await part.text()]).toEqual([206, words.slice(6, 10)]);
  const crate = await fetch(`${api.api.url}/files/jobs/${id}/crate.zip`, { headers: { authorization: `Bearer ${api.token}` } });
  expect(Buffer.from(await crate.arrayBuffer()).includes('output_0/1/sub dir/words')).toBe(true);
  const log = await api.call('query ($id: ID!) { job(id: $id) { task(number: 1) { log { text } } } }', { id });
  expect(log.data.job.task.log.text).toBe('begun\n');

  await api.call('mutation { renamePlatform(name: "server", to: "renamed") { name } }');
  const after = await api.call('query ($id: ID!) { job(id: $id) { parameters outputs(path: "output") { name } } }', { id });
  expect(after.data.job).toMatchObject({ parameters: { platform: 'local', output_storage: 'renamed' }, outputs: [{ name: '1' }] });
});

test('what cannot be written there is said before the job is accepted', async () => {
  await writeFile(join(root, 'file'), '');
  const problem = async (parameters: Record<string, unknown>) =>
    (await api.call(SUBMIT, { input: { connector: 'gated', parameters } })).data.submitJob.problems;
  expect(await problem({ output_storage: 'renamed', output_path: 'file/x' })).toEqual([
    { path: ['output_path'], code: 'STORAGE_UNWRITABLE', message: expect.stringContaining('a file stands where a directory is needed') },
  ]);
  expect(await problem({ output_storage: 'renamed', output_path: './.kiln/x' })).toMatchObject([
    { path: ['output_path'], code: 'BAD_INPUT' },
  ]);
  expect(await problem({ output_storage: 'local-cloud' })).toMatchObject([
    { path: ['output_storage'], message: "'local-cloud' keeps no results; choose local or renamed." },
  ]);
});
