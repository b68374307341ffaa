import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startEmbedded } from './embedded.ts';

const isRoot = process.getuid?.() === 0;
const AS_NOBODY = 'setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=+dac_override --ambient-caps=+dac_override --'.split(' ');
const KILLED_BY_PEER = /terminat|closed|ECONNRESET|ECONNREFUSED/;

let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kiln-embedded-'));
});

afterEach(async () => {
  for (const child of children.splice(0)) await end(child);
  await rm(directory, { recursive: true, force: true });
});

/** Another process that holds a server; ends when its standard input is closed. */
async function startElsewhere(prefix: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<{ url: string; child: ChildProcess }> {
  const program = [process.execPath, '--import', 'tsx', fileURLToPath(new URL('./embedded.child.ts', import.meta.url)), directory];
  const [file = '', ...args] = [...prefix, ...program];
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  children.push(child);
  const output = child.stdout;
  if (!output) throw new Error('No pipe.');
  for await (const url of createInterface({ input: output })) return { url, child };
  throw new Error('The child ended before it had a server.');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.stdin?.end();
  await once(child, 'exit');
}

async function query<T>(url: string, statement: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

async function serverPid(): Promise<number> {
  return Number((await readFile(join(directory, 'data/postmaster.pid'), 'utf8')).split('\n')[0]);
}

const serverIsGone = (url: string): Promise<void> =>
  vi.waitFor(() => expect(query(url, 'select 1')).rejects.toThrow(), { timeout: 30_000 });

test('the server keeps its data, listens on loopback only, asks for a password and durably writes', async () => {
  const first = await startEmbedded(directory);
  await query(first.url, 'create table kept as select 1 as n');
  expect(await query(first.url, `select current_setting('listen_addresses') as on, current_setting('fsync') as fsync`)).toEqual([
    { on: '127.0.0.1', fsync: 'on' },
  ]);
  const stranger = new URL(first.url);
  stranger.password = 'guess';
  await expect(query(stranger.href, 'select 1')).rejects.toThrow('password authentication failed');
  await first.stop();
  await expect(query(first.url, 'select 1')).rejects.toThrow(KILLED_BY_PEER);

  const second = await startEmbedded(directory);
  expect(await query(second.url, 'select n from kept')).toEqual([{ n: 1 }]);
  await second.stop();
});

test('nobody else can read the data or the password', async () => {
  await chmod(directory, 0o755);
  const server = await startEmbedded(directory);
  await server.stop();
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  expect((await stat(join(directory, 'data'))).mode & 0o777).toBe(0o700);
  expect((await stat(join(directory, 'data/kiln-password'))).mode & 0o777).toBe(0o600);
});

test('a second process uses the running server and leaves it running', async () => {
  const here = await startEmbedded(directory);
  const elsewhere = await startElsewhere();
  expect(elsewhere.url).toBe(here.url);
  await end(elsewhere.child);
  expect(await query(here.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  await here.stop();
});

test('processes that start at the same moment share one server', async () => {
  const [first, second, third] = await Promise.all([startElsewhere(), startElsewhere(), startEmbedded(directory)]);
  expect(new Set([first.url, second.url, third.url]).size).toBe(1);
  await third.stop();
});

test('the server ends when the process that started it is killed', async () => {
  const { url, child } = await startElsewhere();
  child.kill('SIGKILL');
  await serverIsGone(url);
  const again = await startEmbedded(directory);
  await again.stop();
});

test('a server that is killed is started again, at the same address', async () => {
  const server = await startEmbedded(directory);
  await query(server.url, 'create table kept as select 1 as n');
  process.kill(await serverPid(), 'SIGKILL');
  await serverIsGone(server.url);
  await vi.waitFor(async () => expect(await query(server.url, 'select n from kept')).toEqual([{ n: 1 }]), 20_000);
  await server.stop();
  await serverIsGone(server.url);
});

test('after a kill of the server nothing that was committed is lost', async () => {
  const first = await startEmbedded(directory);
  await query(first.url, 'create table kept as select 1 as n');
  process.kill(await serverPid(), 'SIGKILL');
  await serverIsGone(first.url);
  const second = await startEmbedded(directory);
  expect(await query(second.url, 'select n from kept')).toEqual([{ n: 1 }]);
  await second.stop();
  await first.stop();
});

test.each([
  ['has gone to a stranger', 'echo $$; exec sleep 1000'],
  ['is a zombie', 'true & echo $!; exec sleep 1000'],
])('a lock file whose process number %s is no obstacle', async (_, script) => {
  const first = await startEmbedded(directory);
  const file = join(directory, 'data/postmaster.pid');
  const lines = (await readFile(file, 'utf8')).split('\n');
  await first.stop();
  const stranger = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [pid] = await once(stranger.stdout.setEncoding('utf8'), 'data');
  await writeFile(file, [String(pid).trim(), ...lines.slice(1)].join('\n'));
  const second = await startEmbedded(directory);
  expect(await query(second.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  await second.stop();
  stranger.kill();
});

test.runIf(isRoot)('an ordinary user runs it as himself', async () => {
  await chmod(directory, 0o777);
  const { url, child } = await startElsewhere(['sh', '-c', `chown 65534 ${directory} && exec ${AS_NOBODY.join(' ')} "$@"`, 'sh']);
  expect(await query(url, 'select 1 as n')).toEqual([{ n: 1 }]);
  expect((await stat(join(directory, 'data'))).uid).toBe(65534);
  await end(child);
});

test.runIf(isRoot)('root runs it also where user namespaces are refused, and inside a directory closed to others', async () => {
  const refusing = await mkdtemp(join(tmpdir(), 'kiln-path-'));
  await writeFile(join(refusing, 'unshare'), '#!/bin/sh\necho "unshare failed: Operation not permitted" >&2\nexit 1\n', { mode: 0o755 });
  const { url, child } = await startElsewhere([], { PATH: `${refusing}${delimiter}${process.env.PATH}` });
  expect(await query(url, 'select 1 as n')).toEqual([{ n: 1 }]);
  expect((await stat(join(directory, 'data'))).uid).toBe(65534);
  await end(child);
  await rm(refusing, { recursive: true });

  const back = await startEmbedded(directory);
  expect(await query(back.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  await back.stop();
});

test('a machine for which there is no server is told to set DATABASE_URL', async () => {
  const arch = process.arch;
  Object.defineProperty(process, 'arch', { value: 'vax' });
  try {
    await expect(startEmbedded(directory)).rejects.toThrow(/vax.*set DATABASE_URL/);
  } finally {
    Object.defineProperty(process, 'arch', { value: arch });
  }
});
