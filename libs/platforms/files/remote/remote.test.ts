import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Piece, Upload } from '@kiln/domain';
import { bed, bedsMissing, machine, machinesMissing, type TestMachine } from '@kiln/testing/bed';
import { keyPair } from '@kiln/testing/key-pair';
import { sshServer } from '@kiln/testing/ssh-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { archiveOf } from '../../contract/archive.ts';
import { directoryContract } from '../../contract/directory-contract.ts';
import { storageContract } from '../../contract/storage-contract.ts';
import { uploadingContract } from '../../contract/uploading-contract.ts';
import { createPool } from '../../shells/pool.ts';
import type { Shell } from '../../shells/shell.ts';
import { HURRY, target, targetOf } from '../../testing/remote.ts';
import { PIECE, uploadPlace } from '../upload-name.ts';
import { remoteStorage } from './remote.ts';

const ROOT = "kiln storage's ";

/** Links are made through the same shell: they are the user's own. */
function storageOn(shell: Shell, anchor: string, close: () => Promise<void>) {
  const root = join(anchor, 'results');
  return {
    storage: remoteStorage(anchor, root, shell),
    link: async (path: string, to: string) => void (await shell.run(['ln', '-s', to, join(root, path)])),
    outdate: async (path: string) => void (await shell.run(['touch', '-d', '2020-01-01 00:00:00', join(root, path)])),
    async addUnnoted(upload: Upload, { bytes }: Piece) {
      const input = (async function* () {
        yield bytes;
      })();
      await shell.run(['sh', '-c', 'cat >>"$1"', 'sh', join(root, uploadPlace(upload, PIECE).hidden)], { input });
    },
    close,
  };
}

/** A shell on an SSH server in this process; `far` pretends that the way there is long. */
async function shellHere(directory: string, { far = false } = {}) {
  const key = keyPair();
  const server = await sshServer({ directory, publicKey: key.public });
  const pool = createPool();
  const connection = { host: '127.0.0.1', port: server.port, user: 'ann', jumps: [] };
  const shell = pool.shell(await target(connection, { privateKey: key.private, passphrase: null }, HURRY));
  return {
    shell: far ? { ...shell, isFar: () => true } : shell,
    server,
    async close() {
      pool.close();
      await server.close();
    },
  };
}

describe.each([{ far: false }, { far: true }])('an SSH server in this process, far: $far', (way) => {
  storageContract('as any other storage', async () => {
    const directory = await mkdtemp(join(tmpdir(), ROOT));
    const { shell, close } = await shellHere(directory, way);
    return storageOn(shell, directory, async () => {
      await close();
      await rm(directory, { recursive: true, maxRetries: 20, retryDelay: 100 });
    });
  });
});

uploadingContract('uploads to an SSH server in this process', async () => {
  const directory = await mkdtemp(join(tmpdir(), ROOT));
  const { shell, close } = await shellHere(directory);
  return storageOn(shell, directory, async () => {
    await close();
    await rm(directory, { recursive: true, maxRetries: 20, retryDelay: 100 });
  });
});

directoryContract('a directory behind an SSH server with others in it', async (home) => {
  const { shell, close } = await shellHere(home);
  return { storage: remoteStorage(home, home, shell), close };
});

test('nothing is written beside a file system that is not mounted', async () => {
  const home = await mkdtemp(join(tmpdir(), ROOT));
  const { shell, close } = await shellHere(home);
  const storage = remoteStorage(join(home, 'mount'), join(home, 'mount/results'), shell);
  const away = {
    code: 'STORAGE_UNWRITABLE',
    retryable: true,
    message: expect.stringContaining('is not there; if its file system is not mounted'),
  };
  await expect(storage.open('')).rejects.toMatchObject(away);
  await expect(storage.probe('')).rejects.toMatchObject(away);
  await expect(storage.unpack('a', storage.pack('b'), ['1'])).rejects.toThrow();
  expect(await readdir(home)).not.toContain('mount');
  await close();
  await rm(home, { recursive: true });
});

test('a connection that breaks while results are written is trouble that passes, and shows nothing of them', async () => {
  const home = await mkdtemp(join(tmpdir(), ROOT));
  const { shell, server, close } = await shellHere(home);
  const storage = remoteStorage(home, home, shell);
  await storage.unpack('', archiveOf({ 'output_0/1/n': 'before' }));
  async function* breaking(): AsyncIterable<Uint8Array> {
    for await (const bytes of archiveOf({ 'output_0/1/n': 'after', 'output_0/2/n': 'x'.repeat(1_000_000) })) {
      yield bytes.subarray(0, 2000);
      return server.drop();
    }
  }
  await expect(storage.unpack('', breaking(), ['output_0/1', 'output_0/2'])).rejects.toMatchObject({ retryable: true });
  expect(await readFile(join(home, 'output_0/1/n'), 'utf8')).toBe('before');
  expect((await storage.list('output_0')).map(({ name }) => name)).toEqual(['1']);
  await storage.unpack('', archiveOf({ 'output_0/1/n': 'after' }), ['output_0/1']);
  expect(await readFile(join(home, 'output_0/1/n'), 'utf8')).toBe('after');
  await close();
  await rm(home, { recursive: true });
});

describe.skipIf(bedsMissing)('OpenSSH', () => {
  const pool = createPool();
  afterAll(() => pool.close());

  const open = async () => {
    const anchor = await mkdtemp(join(tmpdir(), ROOT));
    await chmod(anchor, 0o777);
    // A script whose connection has ended may still be at work there for a moment.
    const close = () => rm(anchor, { recursive: true, maxRetries: 20, retryDelay: 100 });
    return storageOn(pool.shell(await targetOf(await bed('sshd'))), anchor, close);
  };
  storageContract('with bash', open);
  uploadingContract('uploads with bash', open);
});

describe.skipIf(machinesMissing).each(['dash', 'busybox'] as const)('OpenSSH where everybody has %s', (login) => {
  const pool = createPool();
  let host: TestMachine;
  beforeAll(async () => {
    host = await machine('storage', { shell: login });
  });
  afterAll(async () => {
    pool.close(); // the next machine may have the same address
    await host.down();
  });

  const open = async () => {
    const shell = pool.shell(await targetOf(host.env));
    const anchor = (await shell.run(['mktemp', '-d', `/tmp/${ROOT}XXXXXX`])).stdout.trim();
    return storageOn(shell, anchor, async () => void (await shell.run(['rm', '-rf', anchor])));
  };
  storageContract(`with ${login}`, open);
  uploadingContract(`uploads with ${login}`, open);
});
