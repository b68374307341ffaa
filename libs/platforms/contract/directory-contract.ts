import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Storage } from '@kiln/domain';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hiddenName } from '../files/hidden.ts';

export interface DirectoryUnderTest {
  readonly storage: Storage;
  close(): Promise<void>;
}

/** What storages that are a directory `home` must do with other programs in it; here they are seen by this process, too. */
export function directoryContract(name: string, open: (home: string) => Promise<DirectoryUnderTest>): void {
  describe(name, () => {
    let root: string;
    let home: string;
    let storage: Storage;
    let close: () => Promise<void>;
    beforeEach(async () => {
      root = await mkdtemp(join(tmpdir(), 'kiln-directory-'));
      home = join(root, 'home');
      await mkdir(home);
      ({ storage, close } = await open(home));
    });
    afterEach(async () => {
      await close();
      await rm(root, { recursive: true });
    });

    test('results of this machine are taken over without a copy, as often as that is asked, and merged with what is there by copying', async () => {
      const from = join(root, 'from');
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
    });

    test('what is no regular file is neither read nor copied, and nobody waits for it', async () => {
      execFileSync('mkfifo', [join(home, 'pipe')]);
      await mkdir(join(home, 'a'));
      for (const from of ['pipe', 'a']) {
        await expect(storage.read(from, 0, 10)).rejects.toMatchObject({ code: 'NOT_FOUND' });
        const assembled = storage.assemble('set', [{ to: 'n', from }]);
        await expect(assembled).rejects.toMatchObject({ code: 'BAD_INPUT', retryable: false, message: `“${from}” is no regular file.` });
      }
      expect((await storage.list('')).map(({ name }) => name)).toEqual(['a']);
    });

    test('names hold whatever a file system lets them', async () => {
      const names = ['-rf', ' a b ', 'a\nb', 'a\n', '$(touch x)', '\'"`', '\\0101\\n', '*', 'ünïcødé 🔥', '.hidden'];
      const inAll = (directory: string) => names.map((name) => `${directory}/${name}`);
      for (const path of inAll('from')) {
        await mkdir(join(home, path), { recursive: true });
        await writeFile(join(home, path, 'n'), path);
      }
      const found = async (path: string) => (await storage.list(path)).map(({ name }) => name).sort();
      const read = (path: string) => storage.read(`${path}/n`, 0, 100).then((bytes) => new TextDecoder().decode(bytes));
      expect(await found('from')).toEqual([...names].sort());
      expect(await Promise.all(inAll('from').map(read))).toEqual(inAll('from'));
      await mkdir(join(home, 'to/-rf/old'), { recursive: true });
      await storage.unpack('to', storage.pack('from'), names);
      await storage.assemble(
        'set',
        names.map((name) => ({ to: `${name}/n`, from: `to/${name}/n` })),
      );
      for (const path of ['to', 'set']) {
        expect(await found(path)).toEqual([...names].sort());
        expect(await Promise.all(inAll(path).map(read))).toEqual(inAll('from'));
      }
      expect(await found('to/-rf')).toEqual(['n']);
      await storage.remove(inAll('to').slice(1));
      expect([await found('to'), await found('')]).toEqual([['-rf'], ['from', 'set', 'to']]);
    });

    test('a link that stays below the root leads where it says', async () => {
      await mkdir(join(home, 'steps/2'), { recursive: true });
      await writeFile(join(home, 'steps/2/n'), 'two');
      await symlink('steps/2', join(home, 'latest'));
      await symlink('../latest/n', join(home, 'steps/best'));
      await symlink('round', join(home, 'round'));
      for (const path of ['latest/n', 'steps/best']) expect(String(Buffer.from(await storage.read(path, 0, 10)))).toBe('two');
      expect(await storage.list('latest')).toHaveLength(1);
      await storage.assemble('set', [{ to: 'n', from: 'steps/best' }]);
      expect(await readFile(join(home, 'set/n'), 'utf8')).toBe('two');
      await expect(storage.read('round', 0, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    test('what a killed program was at work on is shown by no listing, and removed when it is a day old', async () => {
      const [before, now] = [hiddenName('unpack'), hiddenName('unpack')];
      for (const path of [before, now, '.theirs']) await mkdir(join(home, path, 'fresh'), { recursive: true });
      const longAgo = new Date(Date.now() - 25 * 3_600_000);
      for (const path of [before, '.theirs']) await utimes(join(home, path), longAgo, longAgo);
      expect((await storage.list('')).map(({ name }) => name)).toEqual(['.theirs']);
      await storage.open('');
      expect((await readdir(home)).sort()).toEqual([now, '.theirs'].sort());
    });

    test('directories that nobody may write are put in place and replaced all the same', async () => {
      const mode = async () => (await stat(join(home, 'output_0/1'))).mode & 0o777;
      for (let i = 0; i < 2; i += 1) {
        await storage.unpack('', readOnly(), ['output_0/1']);
        expect([await mode(), await readdir(home)]).toEqual([0o555, ['output_0']]);
      }
      await storage.remove(['output_0']);
    });

    test.runIf(canMount)('a full disk is trouble that passes, and is said in one sentence', async () => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', home]);
      try {
        await storage.open('');
        await writeFile(join(home, 'ballast'), Buffer.alloc(60 * 1024 * 1024));
        const full = { code: 'DISK_FULL', retryable: true };
        await expect(storage.open('')).rejects.toMatchObject(full);
        await expect(storage.probe('')).rejects.toMatchObject({
          ...full,
          message: expect.stringContaining('make room and Kiln goes on by itself'),
        });
        await mkdir(join(home, 'big'));
        await expect(storage.unpack('', bigFile())).rejects.toMatchObject(full);
      } finally {
        execFileSync('umount', [home]);
      }
    });
  });
}

const canMount = process.getuid?.() === 0 && process.platform === 'linux';

async function* readOnly(): AsyncIterable<Uint8Array> {
  const tar = pack();
  tar.entry({ name: 'output_0/1/', type: 'directory', mode: 0o555 });
  tar.entry({ name: 'output_0/1/n' }, 'one');
  tar.finalize();
  yield* tar as AsyncIterable<Uint8Array>;
}

async function* bigFile(): AsyncIterable<Uint8Array> {
  const tar = pack();
  tar.entry({ name: 'big/file' }, Buffer.alloc(16 * 1024 * 1024));
  tar.finalize();
  yield* tar as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
}
