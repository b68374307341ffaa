import type { Storage } from '@kiln/domain';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readingTests } from './reading-contract.ts';

export interface StorageUnderTest {
  readonly storage: Storage;
  /** Makes a symbolic link at `path`, as a payload may leave one. Not where there are no links. */
  link?(path: string, target: string): Promise<void>;
  close(): Promise<void>;
}

/** What every place for results must do; `links`: there may be symbolic links in it. */
export function storageContract(name: string, open: () => Promise<StorageUnderTest>, { links = true } = {}): void {
  describe(name, () => {
    let under: StorageUnderTest;
    beforeEach(async () => {
      under = await open();
      await under.storage.open('');
      await under.storage.unpack('', archive({ 'a/1/n': 'one\n', 'a/10/n': 'ten\n', 'a/2/n': 'two\n', 'a/note': 'four' }));
    });
    afterEach(() => under.close());

    const text = async (path: string, offset = 0, length = 1000) =>
      new TextDecoder().decode(await under.storage.read(path, offset, length));

    readingTests(() => under);

    test('tells how much is in a directory, and, if anybody can, whether there is room for more', async () => {
      expect([await under.storage.size(['a']), await under.storage.size(['a/1', 'a/2', 'none'])]).toEqual([16, 8]);
      await under.storage.needRoom?.(1000);
      const full = under.storage.needRoom?.(1e17) ?? Promise.reject({ code: 'DISK_FULL', retryable: true, message: 'are needed' });
      await expect(full).rejects.toMatchObject({ code: 'DISK_FULL', retryable: true, message: expect.stringContaining('are needed') });
    });

    test('unpacks over what is there, and copies a directory in place of another', async () => {
      await under.storage.unpack('', archive({ 'a/1/n': 'uno\n' }));
      await under.storage.copy('a', 'b');
      await under.storage.unpack('', archive({ 'c/only': 'c' }));
      await under.storage.copy('c', 'b');
      expect(await text('a/1/n')).toBe('uno\n');
      expect((await under.storage.list('b')).map((entry) => entry.name)).toEqual(['only']);
    });

    test.each(['/etc/passwd', '../../../etc/passwd', '/etc'])('does not follow a link to %s', async (target) => {
      await under.link?.('a/link', target);
      await expect(under.storage.read('a/link', 0, 10)).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(under.storage.stat('a/link/passwd')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect((await under.storage.list('a')).map((entry) => entry.name)).not.toContain('link');
    });

    test('unpacks what it packed', async () => {
      await under.storage.unpack('copy', under.storage.pack('a'));
      expect((await under.storage.list('copy')).map((entry) => entry.name)).toEqual(['1', '2', '10', 'note']);
      expect(await text('copy/10/n')).toBe('ten\n');
    });

    test('puts directories in place of what was there, and everything else over it', async () => {
      await under.storage.unpack('', archive({ 'a/1/old': 'x', 'a/2/old': 'x', 'logs/1.out': 'said before', 'logs/9.out': 'kept' }));
      const fresh = { 'a/1/n': 'uno\n', 'a/3/deep/n': 'tres\n', 'logs/1.out': 'said', 'more/deep': 'y' };
      for (let i = 0; i < 2; i += 1) await under.storage.unpack('', archive(fresh), ['a/1', 'a/2', 'a/3', 'b/none']);
      expect((await under.storage.list('a')).map((entry) => entry.name)).toEqual(['1', '3', '10', 'note']);
      expect((await under.storage.list('a/1')).map((entry) => entry.name)).toEqual(['n']);
      expect(await Promise.all(['a/1/n', 'a/3/deep/n', 'logs/1.out', 'logs/9.out', 'more/deep'].map((path) => text(path)))).toEqual([
        ...['uno\n', 'tres\n', 'said', 'kept', 'y'],
      ]);
      expect((await under.storage.list('')).map((entry) => entry.name)).toEqual(['a', 'logs', 'more']);
      for (const path of ['', '../x', '/etc']) await expect(under.storage.unpack('', archive({}), [path])).rejects.toThrow();
    });

    test('puts what is in an archive below a directory in place of another', async () => {
      await under.storage.unpack('', archive({ n: 'uno\n', 'deep/m': 'm' }), ['a'], 'a/set of/1');
      expect((await under.storage.list('a')).map((entry) => entry.name)).toEqual(['set of']);
      expect([await text('a/set of/1/n'), await text('a/set of/1/deep/m')]).toEqual(['uno\n', 'm']);
      await expect(under.storage.unpack('', archive({ n: 'dos' }), ['a'], '../x')).rejects.toThrow();
      expect(await text('a/set of/1/n')).toBe('uno\n');
    });

    test('puts nothing in place of what was there if the archive breaks off', async () => {
      const whole = archive({ 'a/1/n': 'uno\n', 'logs/1.out': 'said', 'a/2/n': 'x'.repeat(100_000) });
      for (const broken of [breaksOff(whole), truncated(archive({ 'a/1/n': 'uno\n', 'a/2/n': 'x'.repeat(100_000) }))]) {
        await expect(under.storage.unpack('', broken, ['a/1', 'a/2', 'a/10'])).rejects.toThrow();
        expect(await Promise.all(['a/1/n', 'a/2/n', 'a/10/n'].map((path) => text(path)))).toEqual(['one\n', 'two\n', 'ten\n']);
        expect((await under.storage.list('')).map((entry) => entry.name)).toEqual(['a']);
      }
    });

    test.runIf(links)('a link on the way to what is put in place leads nowhere', async () => {
      await under.storage.unpack('', archive({ 'kept/1/n': 'kept' }));
      await under.link?.('way', 'kept');
      await expect(under.storage.unpack('', archive({ 'way/1/n': 'new' }), ['way/1'])).rejects.toThrow();
      await under.link?.('a/way', '../kept');
      await under.storage.unpack('', archive({ 'a/way/1/n': 'new' }), ['a/1']);
      expect(await text('a/way/1/n')).toBe('new');
      expect(await text('kept/1/n')).toBe('kept');
    });

    test('removes files and whole directories, and passes over what is not there', async () => {
      await under.storage.remove(['a/1', 'a/note', 'none', 'none/deep', 'a/note/x']);
      await under.storage.remove(['a/1']);
      expect((await under.storage.list('a')).map((entry) => entry.name)).toEqual(['2', '10']);
    });

    test('removes a link, and nothing that it leads to', async () => {
      await under.storage.unpack('', archive({ 'kept/file': 'x' }));
      await under.link?.('a/1/link', '../../kept');
      await under.link?.('a/out', '/etc');
      await under.storage.remove(['a/out/passwd', 'a/1/link', 'a/out']);
      expect(await text('kept/file')).toBe('x');
      expect(await under.storage.list('a/1')).toHaveLength(1);
      for (const path of ['', '.', './', '../x', '/etc/passwd']) {
        await expect(under.storage.remove([path])).rejects.toMatchObject({ code: 'BAD_INPUT' });
      }
      expect(await text('a/note')).toBe('four');
    });

    test('assembles a directory of texts and of files that are there, whole or not at all', async () => {
      const files = [{ to: 'deep/words', text: 'said' } as const, { to: 'n', from: 'a/1/n' } as const];
      await under.storage.assemble('new/set', files);
      await under.storage.assemble('new/set', files.slice(0, 1));
      expect((await under.storage.list('new/set')).map((entry) => entry.name)).toEqual(['deep']);
      await under.storage.assemble('new/set', files);
      expect([await text('new/set/deep/words'), await text('new/set/n')]).toEqual(['said', 'one\n']);
      await expect(under.storage.assemble('new/set', [...files, { to: 'm', from: 'a/none' }])).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(await text('new/set/n')).toBe('one\n');
      for (const to of ['../x', '/etc/x']) await expect(under.storage.assemble('new/set', [{ to, text: '' }])).rejects.toThrow();
      await under.link?.('a/link', '/etc');
      await expect(under.storage.assemble('b', [{ to: 'passwd', from: 'a/link/passwd' }])).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect((await under.storage.list('new')).map((entry) => entry.name)).toEqual(['set']);
    });

    test('probing says what opening would, and makes nothing', async () => {
      await under.storage.probe('new/deep');
      await expect(under.storage.stat('new')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      const sentence = expect.stringContaining('a file stands where a directory is needed');
      await expect(under.storage.probe('a/note/x')).rejects.toMatchObject({ code: 'STORAGE_UNWRITABLE', message: sentence });
      await expect(under.storage.open('a/note/x')).rejects.toMatchObject({ code: 'STORAGE_UNWRITABLE', message: sentence });
    });
  });
}

/** Breaks off in the midst of a file. */
async function* breaksOff(whole: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let sent = 0;
  for await (const bytes of whole) {
    yield bytes.subarray(0, 4096 - sent);
    sent += bytes.length;
    if (sent >= 4096) throw new Error('it broke off');
  }
}

/** The same, and nobody says so. */
async function* truncated(whole: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let sent = 0;
  for await (const bytes of whole) {
    yield bytes.subarray(0, Math.max(0, 4096 - sent));
    sent += bytes.length;
  }
}

async function* archive(files: Record<string, string>): AsyncIterable<Uint8Array> {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text);
  tar.finalize();
  yield* tar as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
}
