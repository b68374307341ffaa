import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDatabase } from '@kiln/db/connect';
import { bedsMissing, loginNode } from '@kiln/testing/bed';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startWorker } from '../../worker/worker.ts';
import { startTestApi, submitted, type TestApi, takeUntil } from '../testing/start-test-api.ts';

const REGISTER = `mutation ($input: RegisterPlatformInput!) { registerPlatform(input: $input) { platform { name } problems { path message } } }`;
const STATE = `subscription ($name: String!) { platformChanged(name: $name) { state findings { name status message } } }`;

interface Changed {
  readonly platformChanged: { readonly state: string; readonly findings: readonly { status: string; message: string }[] };
}

describe.skipIf(bedsMissing)('one connector on every kind of platform', () => {
  let api: TestApi;
  let ssh: Readonly<Record<string, string>>;
  const closing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    [api, { ssh }] = await Promise.all([startTestApi(), loginNode()]);
    const db = openDatabase(api.db.url, { max: 20 });
    const worker = await startWorker({ db, kilnHome: api.home, log: pino({ level: 'silent' }), environment: process.env });
    closing.push(
      () => worker.close(),
      () => db.close(),
    );
    await connector(
      'squares',
      'runsOn: unix\nsweep: { n: [1, 2, 3, 4, 5, 6, 7] }',
      'mkdir "$2/sub dir"; echo $((n * n)) >"$2/sub dir/square"; cp "$1/values.json" "$2"',
    );
    await connector('sleeper', 'runsOn: unix', ': <"$gate"', 'gate: { type: string }');
    for (const kind of ['unix', 'slurm', 'sge']) await register(`on-${kind}`, kind);
    await register('wide', 'unix', 1000);
  });
  afterAll(async () => {
    // A test that failed may have left a job, and its tasks would stay behind on a machine that is not gone with this test.
    const { data } = await api.call('{ jobs(filter: { statuses: [active, blocked] }) { nodes { id } } }');
    for (const { id } of data.jobs.nodes) await api.call('mutation ($id: ID!) { cancelJob(id: $id) { id } }', { id });
    for (const { id } of data.jobs.nodes) await ended(id);
    for (const close of closing) await close();
    await api.close();
  });

  async function connector(name: string, keys: string, main: string, parameters = '') {
    const folder = join(api.payloads, name, 'process_payload');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'main.sh'), `#!/bin/sh\n${main}\n`, { mode: 0o755 });
    await writeFile(join(folder, '../connector.yaml'), `description: A test.\n${keys}\n${parameters && `parameters: { ${parameters} }\n`}`);
  }

  async function register(name: string, kind: string, slots?: number) {
    const connection = { host: ssh['SSH_HOST'], port: Number(ssh['SSH_PORT']), user: ssh['SSH_USER'] };
    const input = { name, kind, connection, enrolment: { password: ssh['SSH_PASSWORD'] }, ...(slots && { slots }) };
    const { data, errors } = await api.call(REGISTER, { input });
    expect({ errors, problems: data?.registerPlatform.problems }).toEqual({ errors: undefined, problems: [] });
    const messages = api.socket().iterate<Changed>({ query: STATE, variables: { name } });
    const last = (await takeUntil(messages, (all) => all.at(-1)?.platformChanged.state !== 'checking')).at(-1);
    expect(last?.platformChanged).toMatchObject({ state: 'ready' });
  }

  /** All files below a directory with what they hold. */
  async function tree(directory: string): Promise<Record<string, string>> {
    const names = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const files = names.map((entry) => join(entry.parentPath, entry.name)).sort();
    return Object.fromEntries(await Promise.all(files.map(async (file) => [file.slice(directory.length), await readFile(file, 'utf8')])));
  }

  test('changing one word runs it elsewhere, with the same outputs', async () => {
    const ends = await Promise.all(
      ['local', 'on-unix', 'on-slurm', 'on-sge'].map(async (platform) => {
        const id = await submitted(api, 'squares', { platform });
        expect(await ended(id)).toEqual({ status: 'succeeded', ending: null });
        return tree(join(api.home, 'outputs', `squares${id}`, 'output'));
      }),
    );
    expect(Object.keys(ends[0] ?? {})).toHaveLength(14);
    expect(ends[0]?.['/7/sub dir/square']).toBe('49\n');
    for (const end of ends) expect(end).toEqual(ends[0]);
  });

  test('a thousand tasks that run on one host need one connection', { timeout: 180_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kiln-gate-'));
    await chmod(folder, 0o755);
    const gate = join(folder, 'gate'); // whoever opens it waits until somebody writes
    await promisify(execFile)('mkfifo', ['-m', '666', gate]);
    const id = await submitted(api, 'sleeper', { platform: 'wide', gate, sweep: { i: Array.from({ length: 1000 }, (_, i) => i) } });
    await until(id, '{ job(id: $id) { counts { running } } }', (data) => data.job.counts.running === 1000);
    const { stdout } = await promisify(execFile)('ss', ['-Htnp', 'state', 'established', `( dport = :${ssh['SSH_PORT']} )`]);
    expect(stdout.split('\n').filter((line) => line.includes(`pid=${process.pid},`))).toHaveLength(1);
    const opened = await open(gate, 'r+'); // for those, too, that only come to it
    expect(await ended(id)).toEqual({ status: 'succeeded', ending: null });
    await opened.close();
    await rm(folder, { recursive: true });
  });

  async function ended(id: string) {
    const data = await until(
      id,
      '{ job(id: $id) { status ending { message } } }',
      ({ job }) => !['active', 'blocked'].includes(job.status),
    );
    return data.job;
  }

  async function until(id: string, fields: string, wanted: (data: Awaited<ReturnType<TestApi['call']>>['data']) => boolean) {
    for (;;) {
      const { data, errors } = await api.call(`query ($id: ID!) ${fields}`, { id });
      if (errors) throw new Error(JSON.stringify(errors));
      if (wanted(data)) return data;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
});
