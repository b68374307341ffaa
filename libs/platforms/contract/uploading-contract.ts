import { createHash } from 'node:crypto';
import type { Upload, Uploading } from '@kiln/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { archiveOf } from './archive.ts';
import type { StorageUnderTest } from './storage-contract.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const sumOf = (text: string) => createHash('sha256').update(text).digest('hex');
const upload = (path: string, size: number): Upload => ({ path, size, modified: 1_700_000_000 });

/** What every storage must do into which files come in pieces. */
export function uploadingContract(name: string, open: () => Promise<StorageUnderTest>): void {
  describe(name, () => {
    let under: StorageUnderTest;
    let uploading: Uploading;
    beforeEach(async () => {
      under = await open();
      await under.storage.open('');
      if (!under.storage.uploading) throw new Error('It takes no uploads.');
      uploading = under.storage.uploading;
    });
    afterEach(() => under.close());

    const text = async (path: string) => new TextDecoder().decode(await under.storage.read(path, 0, 1000));
    const names = async (path: string) => (await under.storage.list(path)).map((entry) => entry.name);

    test('a file that comes in pieces is seen when it is whole, with its time', async () => {
      const file = upload('a/b/c', 8);
      expect(await uploading.begin(file)).toBe(0);
      expect(await uploading.add(file, 0, bytes('abc'))).toBe(3);
      expect(await names('a/b')).toEqual([]);
      expect(await uploading.add(file, 3, bytes('defgh'))).toBe(8);
      await uploading.end(file, sumOf('abcdefgh'));
      expect(await text('a/b/c')).toBe('abcdefgh');
      expect(await under.storage.stat('a/b/c')).toMatchObject({ size: 8, modifiedAt: '2023-11-14T22:13:20.000Z' });
      expect(await names('a/b')).toEqual(['c']);
    });

    test('each call may be repeated, and an upload goes on where it stopped', async () => {
      const file = upload('c', 6);
      await uploading.begin(file);
      await uploading.add(file, 0, bytes('abc'));
      expect(await uploading.add(file, 0, bytes('abc'))).toBe(3);
      expect(await uploading.add(file, 1, bytes('bc'))).toBe(3);
      expect(await uploading.add(file, 5, bytes('f'))).toBe(3);
      expect(await uploading.begin(file)).toBe(3);
      await expect(uploading.end(file, null)).rejects.toMatchObject({ code: 'CONFLICT' });
      await uploading.add(file, 3, bytes('def'));
      await uploading.end(file, sumOf('abcdef'));
      await uploading.end(file, sumOf('abcdef'));
      expect(await text('c')).toBe('abcdef');
      expect(await uploading.begin({ ...file, modified: 5 })).toBe(0);
    });

    test('what is not what was sent is not put in place, and begins anew', async () => {
      await under.storage.unpack('', archiveOf({ c: 'old' }));
      const file = upload('c', 3);
      await uploading.begin(file);
      await uploading.add(file, 0, bytes('abX'));
      await expect(uploading.end(file, sumOf('abc'))).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await text('c')).toBe('old');
      expect(await uploading.begin(file)).toBe(0);
      await uploading.add(file, 0, bytes('abc'));
      await uploading.end(file, sumOf('abc'));
      expect(await text('c')).toBe('abc');
    });

    test.each(['-rf', 'a\nb', 'it\'s $(id) `id` "x" \\ *', 'wéird ☃', ' -n ', '.hidden', '%s'])('a file may be called %j', async (odd) => {
      for (const path of [odd, `${odd}.d/${odd}`]) {
        const file = upload(path, 2);
        await uploading.begin(file);
        await uploading.add(file, 0, bytes('hi'));
        await uploading.end(file, sumOf('hi'));
        expect(await text(path)).toBe('hi');
      }
      expect((await names('')).sort()).toEqual([odd, `${odd}.d`].sort());
    });

    test('an empty file is uploaded, too', async () => {
      await uploading.begin(upload('empty', 0));
      await uploading.end(upload('empty', 0), sumOf(''));
      expect(await under.storage.stat('empty')).toMatchObject({ size: 0, kind: 'file' });
    });

    test('nothing comes where a directory is, below a file, out of the root or over a link', async () => {
      await under.storage.unpack('', archiveOf({ 'd/x': 'x' }));
      await under.link?.('out', '/tmp');
      await under.link?.('within', 'd');
      await expect(uploading.begin(upload('d', 1))).rejects.toMatchObject({ code: 'BAD_INPUT' });
      await expect(uploading.begin(upload('d/x/y', 1))).rejects.toMatchObject({ code: 'STORAGE_UNWRITABLE' });
      for (const path of ['out/kiln-upload/x', 'within/y']) {
        await expect(uploading.begin(upload(path, 1))).rejects.toMatchObject({ code: 'STORAGE_UNWRITABLE' });
      }
      for (const path of ['../x', '/etc/x', 'a\0b', '.']) {
        await expect(uploading.begin(upload(path, 1))).rejects.toMatchObject({ code: 'BAD_INPUT' });
      }
      expect(await names('d')).toEqual(['x']);
    });

    test('a link that stands in the place of a file is replaced, wherever it leads', async () => {
      await under.storage.unpack('', archiveOf({ 'd/x': 'x' }));
      for (const [name, to] of [
        ['folder', 'd'],
        ['file', 'd/x'],
      ] as const) {
        await under.link?.(name, to);
        const file = upload(name, 2);
        await uploading.begin(file);
        await uploading.add(file, 0, bytes('hi'));
        await uploading.end(file, sumOf('hi'));
        expect(await text(name)).toBe('hi');
      }
      expect(await names('d')).toEqual(['x']);
      expect(await text('d/x')).toBe('x');
    });

    test('more than there is to come begins anew', async () => {
      const file = upload('c', 3);
      await uploading.begin(file);
      await uploading.add(file, 0, bytes('abcdef'));
      await expect(uploading.end(file, null)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await uploading.begin(file)).toBe(0);
    });

    test('what does not fit is told before it is sent', async () => {
      await expect(uploading.begin(upload('huge', 2 ** 49))).rejects.toMatchObject({ code: 'DISK_FULL' });
    });
  });
}
