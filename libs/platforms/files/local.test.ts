import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { storageContract } from '../contract/storage-contract.ts';
import { localShell } from '../shells/local.ts';
import { hiddenName } from './hidden.ts';
import { localStorage } from './local.ts';

storageContract('a directory of this machine', async () => {
  const root = await mkdtemp(join(tmpdir(), "kiln storage's "));
  return {
    storage: localStorage(root, localShell(process.env)),
    link: (path, target) => symlink(target, join(root, path)),
    close: () => rm(root, { recursive: true, force: true }),
  };
});

test('results of this machine are taken over without a copy, as often as that is asked, and merged with what is there by copying', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kiln-adopt-'));
  const [from, home] = [join(root, 'from'), join(root, 'home')];
  const storage = localStorage(home, localShell(process.env));
  for (const path of ['from/output_0/1/deep', 'from/output_0/2', 'from/logs']) await mkdir(join(root, path), { recursive: true });
  await writeFile(join(from, 'output_0/1/deep/n'), 'one');
  await writeFile(join(from, 'logs/1.out'), 'said');
  await writeFile(join(from, 'logs/1.err'), '');
  const adopt = () => storage.adopt?.(from, ['output_0/1', 'output_0/2'], ['logs/1.out', 'logs/1.err', 'logs/2.out']);
  expect([await adopt(), await adopt()]).toEqual([true, true]);
  expect(await readFile(join(home, 'output_0/1/deep/n'), 'utf8')).toBe('one');
  expect(await readdir(join(home, 'output_0'))).toEqual(['1', '2']);
  expect(await readdir(join(home, 'logs'))).toEqual(['1.out']);
  expect(await readdir(join(from, 'output_0'))).toEqual([]);
  expect(await readFile(join(from, 'logs/1.out'), 'utf8')).toBe('said');

  await mkdir(join(from, 'output_0/1'));
  await writeFile(join(from, 'output_0/1/again'), 'x');
  expect(await adopt()).toBe(false);
  expect(await readFile(join(from, 'output_0/1/again'), 'utf8')).toBe('x');

  await storage.remove(['output_0/1']);
  expect(await adopt()).toBe(true);
  expect(await readdir(join(home, 'output_0/1'))).toEqual(['again']);
  await rm(root, { recursive: true });
});

test('what is no regular file is neither read nor copied, and nobody waits for it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kiln-pipe-'));
  const storage = localStorage(root, localShell(process.env));
  execFileSync('mkfifo', [join(root, 'pipe')]);
  await mkdir(join(root, 'a'));
  for (const from of ['pipe', 'a']) {
    await expect(storage.read(from, 0, 10)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const assembled = storage.assemble('set', [{ to: 'n', from }]);
    await expect(assembled).rejects.toMatchObject({ code: 'BAD_INPUT', retryable: false, message: `“${from}” is no regular file.` });
  }
  expect(await localShell(process.env).read(join(root, 'pipe'), 0, 10)).toEqual(new Uint8Array());
  expect((await storage.list('')).map(({ name }) => name)).toEqual(['a']);
  await rm(root, { recursive: true });
});

test('what a killed program was at work on is shown by no listing, and removed when it is a day old', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kiln-left-'));
  const storage = localStorage(root, localShell(process.env));
  const [before, now] = [hiddenName('unpack'), hiddenName('unpack')];
  for (const path of [before, now, '.theirs']) await mkdir(join(root, path, 'fresh'), { recursive: true });
  const longAgo = new Date(Date.now() - 25 * 3_600_000);
  for (const path of [before, '.theirs']) await utimes(join(root, path), longAgo, longAgo);
  expect((await storage.list('')).map(({ name }) => name)).toEqual(['.theirs']);
  await storage.open('');
  expect((await readdir(root)).sort()).toEqual([now, '.theirs'].sort());
  await rm(root, { recursive: true });
});

test('directories that nobody may write are put in place and replaced all the same', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kiln-readonly-'));
  const storage = localStorage(root, localShell(process.env));
  const mode = async () => (await stat(join(root, 'output_0/1'))).mode & 0o777;
  for (let i = 0; i < 2; i += 1) {
    await storage.unpack('', readOnly(), ['output_0/1']);
    expect([await mode(), await readdir(root)]).toEqual([0o555, ['output_0']]);
  }
  await storage.remove(['output_0']);
  await rm(root, { recursive: true });
});

async function* readOnly(): AsyncIterable<Uint8Array> {
  const tar = pack();
  tar.entry({ name: 'output_0/1/', type: 'directory', mode: 0o555 });
  tar.entry({ name: 'output_0/1/n' }, 'one');
  tar.finalize();
  yield* tar as AsyncIterable<Uint8Array>;
}

const canMount = process.getuid?.() === 0 && process.platform === 'linux';

test.runIf(canMount)('a full disk is trouble that passes, and is said in one sentence', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kiln-full-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', root]);
  try {
    const storage = localStorage(root, localShell(process.env));
    await storage.open('');
    await writeFile(join(root, 'ballast'), Buffer.alloc(60 * 1024 * 1024));
    const full = { code: 'DISK_FULL', retryable: true };
    await expect(storage.open('')).rejects.toMatchObject(full);
    await expect(storage.probe('')).rejects.toMatchObject({
      ...full,
      message: expect.stringContaining('make room and Kiln goes on by itself'),
    });
    await mkdir(join(root, 'big'));
    await expect(storage.unpack('', bigFile())).rejects.toMatchObject(full);
  } finally {
    execFileSync('umount', [root]);
    await rm(root, { recursive: true });
  }
});

async function* bigFile(): AsyncIterable<Uint8Array> {
  const tar = pack();
  tar.entry({ name: 'big/file' }, Buffer.alloc(16 * 1024 * 1024));
  tar.finalize();
  yield* tar as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
}
