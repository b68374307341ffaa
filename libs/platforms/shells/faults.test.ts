import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownError } from '@kiln/domain';
import { type FaultProxy, faultProxy } from '@kiln/testing/fault-proxy';
import { keyPair } from '@kiln/testing/key-pair';
import { type SshServer, sshServer } from '@kiln/testing/ssh-server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { archiveOf } from '../contract/archive.ts';
import { oneMachine } from '../machines.ts';
import { createSite } from '../site.ts';
import { HURRY, target } from '../testing/remote.ts';
import { createPool, type Pool, type Target } from './pool.ts';
import type { Shell } from './shell.ts';

const key = keyPair();
const credential = { privateKey: key.private, passphrase: null };

let directory: string;
let server: SshServer;
let proxy: FaultProxy;
let pool: Pool;
let there: Target;
let shell: Shell;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kiln-faults-'));
  server = await sshServer({ directory, publicKey: key.public, maxSessions: 3 });
  proxy = await faultProxy({ host: '127.0.0.1', port: server.port });
  pool = createPool();
  there = await target({ host: '127.0.0.1', port: proxy.port, user: 'ann', jumps: [] }, credential);
  shell = pool.shell(there);
});
afterEach(async () => {
  pool.close();
  await proxy.close();
  await server.close();
  await rm(directory, { recursive: true });
});

const said = async (line: string) => (await shell.run(['sh', '-c', line])).stdout;
const PASSES = { name: 'KnownError', code: 'PLATFORM_UNAVAILABLE', retryable: true };

test('a slow network only takes longer', async () => {
  proxy.delay(80);
  expect(await said('echo slow')).toBe('slow\n');
});

test('what goes a long way is compressed, and arrives as it was', async () => {
  expect(shell.isFar?.()).toBe(false);
  proxy.delay(30);
  pool.close();
  shell = pool.shell(there);
  await said(':');
  expect(shell.isFar?.()).toBe(true);
  const node = { name: 'far', address: '', root: directory };
  const job = { id: 1, connector: 'far' };
  const site = createSite(oneMachine({ ...node, address: '', slots: 1 }), () => shell);
  const text = 'a line that is much like the others\n'.repeat(20_000);
  await site.prepare(job, node, {
    archive: () => archiveOf({ 'process_payload/text': text }),
    size: async () => 0,
    copied: false,
    parameters: {},
    round: 0,
  });
  await said('mkdir -p far1/output_0/1 && cp far1/payload/process_payload/text far1/output_0/1');
  let size = 0;
  for await (const piece of site.collect(job, node, [{ number: 1, iteration: 0, values: {}, input: null, attempt: 1 }], false))
    size += piece.length;
  expect(size).toBeGreaterThan(text.length);
  expect(await said('cat far1/output_0/1/text')).toBe(text);
});

test('thirty commands at once need one connection, and no more sessions than the server allows', async () => {
  const before = server.counts().connections;
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => said(`echo ${i}`)));
  expect(answers).toEqual(Array.from({ length: 30 }, (_, i) => `${i}\n`));
  expect(server.counts().connections - before).toBe(1);
  expect(pool.report()).toMatchObject([{ connections: 1, sessionLimit: 3, state: 'up' }]);
});

test('a connection that breaks fails what runs on it, and the next command has another', async () => {
  const running = expect(said('sleep 60')).rejects.toMatchObject(PASSES);
  await expect.poll(() => server.counts().sessions).toBe(1);
  proxy.drop();
  await running;
  expect(await said('echo again')).toBe('again\n');
});

test('a transfer that is cut in the middle is never taken for whole, in either direction', async () => {
  const bytes = Buffer.alloc(8_000_000, 'kiln ');
  proxy.cutAfter(3_000_000, 'to server');
  await expect(shell.run(['sh', '-c', 'cat >up'], { input: pieces(bytes) })).rejects.toMatchObject(PASSES);
  expect((await stat(join(directory, 'up'))).size).toBeLessThan(bytes.length);
  await proxy.heal();
  await shell.run(['sh', '-c', 'cat >up'], { input: pieces(bytes) });

  proxy.cutAfter(3_000_000, 'to client');
  await expect(hashOf(shell.stream(['cat', 'up'], ''))).rejects.toMatchObject(PASSES);
  await proxy.heal();
  expect(await hashOf(shell.stream(['cat', 'up'], ''))).toBe(createHash('sha256').update(bytes).digest('hex'));
});

test('a network that swallows everything ends a command at its time, and the connection soon after', { timeout: 90_000 }, async () => {
  expect(await said('echo before')).toBe('before\n');
  proxy.blackhole();
  await expect(shell.run(['true'], { timeout: 500 })).rejects.toMatchObject(PASSES);
  await expect.poll(() => pool.report()[0]?.state, { timeout: 60_000 }).toBe('down'); // by keep-alives alone
  await proxy.heal();
  expect(await said('echo after')).toBe('after\n');
});

test('a host that refuses is not asked again at once, unless somebody says so', async () => {
  proxy.refuse();
  proxy.drop();
  await expect(said('true')).rejects.toMatchObject({ ...PASSES, message: expect.stringContaining('Could not reach 127.0.0.1') });
  await proxy.heal();
  const before = server.counts().connections;
  await expect(said('true')).rejects.toMatchObject(PASSES);
  expect(server.counts().connections).toBe(before);
  pool.retry(there.connection);
  expect(await said('echo back')).toBe('back\n');
});

test('whoever follows a file hears of it again after a break', async () => {
  const file = join(directory, 'followed');
  await writeFile(file, '');
  let hints = 0;
  const grown = async () => {
    await appendFile(file, 'x\n');
    return hints;
  };
  const stop = shell.follow(file, () => {
    hints += 1;
  });
  await expect.poll(grown, { interval: 200, timeout: 10_000 }).toBeGreaterThan(0);
  proxy.drop();
  await expect.poll(() => said('echo reconnected').catch(() => ''), { timeout: 10_000 }).toBe('reconnected\n');
  hints = 0;
  await expect.poll(grown, { interval: 200, timeout: 10_000 }).toBeGreaterThan(0);
  stop();
});

test('a server that allows one session at a time is enough, though a file is followed', async () => {
  const narrow = await sshServer({ directory, publicKey: key.public, maxSessions: 1 });
  const own = createPool();
  const there = await target({ host: '127.0.0.1', port: narrow.port, user: 'ann', jumps: [] }, credential);
  const shell = own.shell(there);
  const stop = shell.follow(join(directory, 'followed'), () => {});
  const answers = await Promise.all(['a', 'b', 'c'].map(async (word) => (await shell.run(['echo', word])).stdout));
  expect(answers).toEqual(['a\n', 'b\n', 'c\n']);
  const abort = new AbortController();
  const waiting = Promise.all([shell.run(['sleep', '5']), expect(own.shell(there, abort.signal).run(['true'])).rejects.toThrow('enough')]);
  abort.abort(new Error('enough'));
  await waiting;
  stop();
  own.close();
  await narrow.close();
});

test('a host that takes connections and says nothing is out of reach, and nothing else comes of it', { timeout: 60_000 }, async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo; // it listens on TCP
  const asked = target({ host: '127.0.0.1', port, user: 'ann', jumps: [] }, credential);
  await expect(asked).rejects.toMatchObject({ ...PASSES, message: expect.stringContaining('does not answer as an SSH server') });
  silent.close();
});

test('a list of tasks that was torn on its way starts nothing', async () => {
  const node = { name: 'far', address: '', root: directory };
  const site = createSite(oneMachine({ ...node, address: '', slots: 1 }), () => shell);
  await site.prepare({ id: 1, connector: 'torn' }, node, {
    archive: () => archiveOf({}),
    size: async () => 0,
    copied: false,
    parameters: {},
    round: 0,
  });
  const launch = ['sh', 'torn1/.kiln/node.sh', join(directory, 'torn1'), 'launch', '40', 'execute-0-0', 'main.sh', '0', '1'];
  const { code, stderr } = await shell.run(launch, { input: '1\n2\n3\n4' });
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'the list of tasks did not arrive whole\n' });
  expect(await readdir(join(directory, 'torn1/.kiln/batches/execute-0-0'))).toEqual([]);
});

test('a host that shows another key is not spoken to', async () => {
  server.changeHostKey();
  const told = await said('true').catch((error) => error);
  expect(told).toBeInstanceOf(KnownError);
  expect(told).toMatchObject({ code: 'HOST_KEY_CHANGED', retryable: true, message: expect.stringContaining(server.fingerprint()) });
  expect(await readdir(directory)).toEqual([]);
});

test('a host behind another is reached through it, and both are let go together', async () => {
  const gate = await sshServer({ directory, publicKey: key.public });
  const connection = {
    host: '127.0.0.1',
    port: server.port,
    user: 'ann',
    jumps: [{ host: '127.0.0.1', port: gate.port, user: 'gatekeeper' }],
  };
  const own = createPool();
  const far = own.shell(await target(connection, credential, HURRY));
  expect((await far.run(['echo', 'far'])).stdout).toBe('far\n');
  expect(gate.counts().open).toBe(1);
  own.close();
  await expect.poll(() => gate.counts().open).toBe(0);
  await gate.close();
});

async function* pieces(bytes: Buffer): AsyncIterable<Uint8Array> {
  for (let i = 0; i < bytes.length; i += 65_536) yield bytes.subarray(i, i + 65_536);
}

async function hashOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of stream) hash.update(piece);
  return hash.digest('hex');
}
