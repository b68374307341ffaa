import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keyPair } from './key-pair.ts';
import { type SshServer, sshServer } from './ssh-server.ts';

const KEY = keyPair();
const OTHER_KEY = keyPair();

let directory: string;
let server: SshServer;
const clients = new Set<Client>();

beforeEach(async () => {
  directory = await realpath(await mkdtemp(join(tmpdir(), 'kiln-ssh-')));
  server = await sshServer({ directory, publicKey: KEY.public, password: 'open sesame', maxSessions: 2 });
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  clients.clear();
  await server.close();
  await rm(directory, { recursive: true });
});

function login(how: ConnectConfig = { privateKey: KEY.private }): Promise<Client> {
  const client = new Client();
  clients.add(client);
  return new Promise((resolve, reject) => {
    client.on('ready', () => resolve(client)).on('error', reject);
    client.connect({ host: '127.0.0.1', port: server.port, username: 'anybody', ...how });
  });
}

interface Started {
  readonly channel: ClientChannel;
  /** Its exit code or the signal that ended it, when the channel is closed. */
  readonly ended: Promise<number | string | null>;
}

function start(client: Client, command: string): Promise<Started> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let end: number | string | null = null; // All may be over before anybody who awaits this goes on.
      channel.once('exit', (code: number | null, signal?: string) => {
        end = code ?? signal ?? null;
      });
      resolve({ channel, ended: new Promise((over) => channel.once('close', () => over(end))) });
    });
  });
}

async function run(client: Client, command: string, input = '') {
  const { channel, ended } = await start(client, command);
  let [stdout, stderr] = ['', ''];
  channel.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  channel.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  channel.end(input);
  return { end: await ended, stdout, stderr };
}

test('commands run in the directory, with their input, both outputs and their exit code', async () => {
  const client = await login();
  expect(await run(client, 'pwd; cat; echo "$HOME" >&2; exit 7', 'input\n')).toEqual({
    end: 7,
    stdout: `${directory}\ninput\n`,
    stderr: `${directory}\n`,
  });
  expect(await run(client, 'kill -9 $$')).toMatchObject({ end: 'SIGKILL' });
  await expect.poll(() => server.counts()).toEqual({ connections: 1, open: 1, sessions: 0 });
});

test('a large input and a large output arrive whole', async () => {
  const input = 'x'.repeat(20_000_000);
  const client = await login();
  expect((await run(client, 'cat', input)).stdout.length).toBe(input.length);
  expect((await run(client, 'cat >&2', input)).stderr.length).toBe(input.length);
});

test('a key, a password and an authorized key open; anything else does not', async () => {
  await login({ password: 'open sesame' });
  await expect(login({ password: 'wrong' })).rejects.toMatchObject({ level: 'client-authentication' });
  await expect(login({ privateKey: OTHER_KEY.private })).rejects.toMatchObject({ level: 'client-authentication' });
  await mkdir(join(directory, '.ssh'));
  await writeFile(join(directory, '.ssh/authorized_keys'), `# mine\n${OTHER_KEY.public}\n`);
  await login({ privateKey: OTHER_KEY.private });
  server.lockOut(true);
  await expect(login()).rejects.toMatchObject({ level: 'client-authentication' });
  server.lockOut(false);
  await login();
  expect(server.counts()).toMatchObject({ connections: 3 });
});

test('one command more than allowed is refused, and the connection stays', async () => {
  const client = await login();
  const [first] = await Promise.all([start(client, 'cat'), start(client, 'cat')]);
  expect(server.counts().sessions).toBe(2);
  await expect(start(client, 'true')).rejects.toThrow(/open failure/i);
  first?.channel.resume().end();
  await first?.ended;
  expect(await run(client, 'echo again')).toMatchObject({ stdout: 'again\n' });
});

test('a signal reaches all that a command started', async () => {
  const { channel, ended } = await start(await login(), 'sleep 1000 & wait; echo not reached');
  channel.resume().signal('KILL');
  expect(await ended).toBe('SIGKILL'); // which is known only when nobody has its output open any more
});

test('it forwards to another host, and says when there is none', async () => {
  const client = await login();
  const through = (port: number) =>
    new Promise<ClientChannel>((resolve, reject) => {
      client.forwardOut('127.0.0.1', 0, '127.0.0.1', port, (error, stream) => (error ? reject(error) : resolve(stream)));
    });
  const inner = await login({ privateKey: KEY.private, sock: await through(server.port) });
  expect(await run(inner, 'echo behind')).toMatchObject({ stdout: 'behind\n' });
  await expect(through(1)).rejects.toThrow();
});

test('it has one host key until it is told to change', async () => {
  const shown = async () => {
    let fingerprint = '';
    const note = (hash: string) => {
      fingerprint = `SHA256:${Buffer.from(hash, 'hex').toString('base64').replace(/=+$/, '')}`;
      return true;
    };
    await login({ privateKey: KEY.private, hostHash: 'sha256', hostVerifier: note });
    return fingerprint;
  };
  const before = server.fingerprint();
  expect([await shown(), await shown()]).toEqual([before, before]);
  server.changeHostKey();
  expect(server.fingerprint()).not.toBe(before);
  expect(await shown()).toBe(server.fingerprint());
});

test('dropped connections end abruptly, and what ran on them goes on', async () => {
  const client = await login();
  const lost = new Promise<Error>((resolve) => client.once('error', resolve));
  const { channel } = await start(client, 'echo ready; read -r line; echo "ended with [$line]" >ended');
  await new Promise((resolve) => channel.once('data', resolve));
  server.drop();
  expect(await lost).toMatchObject({ code: 'ECONNRESET' });
  const next = await login();
  expect(await run(next, 'until [ -s ended ]; do sleep 0.02; done; cat ended')).toMatchObject({ stdout: 'ended with []\n' });
});

test.runIf(process.platform === 'linux')('closing leaves nothing behind, not even what left its group', async () => {
  const client = await login();
  const { stdout } = await run(client, 'setsid sleep 1000 >/dev/null 2>&1 & echo $!; sleep 1000 >/dev/null 2>&1 & echo $!');
  const pids = stdout.trim().split('\n').map(Number);
  expect(pids.map(isAlive)).toEqual([true, true]);
  await server.close();
  await expect.poll(() => pids.filter(isAlive)).toEqual([]);
});

function isAlive(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')); // Not every system has somebody who buries orphans.
  } catch {
    return false;
  }
}
