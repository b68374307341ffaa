import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { storageContract } from '../contract/storage-contract.ts';
import { localShell } from '../shells/local.ts';
import { localStorage } from './local.ts';

storageContract('a directory of this machine', async () => {
  const root = await mkdtemp(join(tmpdir(), "kiln storage's "));
  return {
    storage: localStorage(root, localShell(process.env)),
    link: (path, target) => symlink(target, join(root, path)),
    close: () => rm(root, { recursive: true, force: true }),
  };
});

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
