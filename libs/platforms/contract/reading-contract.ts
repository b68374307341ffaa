import { buffer } from 'node:stream/consumers';
import type { Storage } from '@kiln/domain';
import { expect, test } from 'vitest';
import { entriesOf } from '../files/s3/entries.ts';

/** What of a storage every one must do that has files, here `a/1/n`, `a/10/n`, `a/2/n` and `a/note`, also if nothing can be written to it. */
export function readingTests(under: () => { readonly storage: Storage; link?(path: string, target: string): Promise<void> }): void {
  const text = async (path: string, offset = 0, length = 1000) =>
    new TextDecoder().decode(await under().storage.read(path, offset, length));

  test('lists directories before files, numbers in their order', async () => {
    const entries = await under().storage.list('a');
    expect(entries.map((entry) => entry.name)).toEqual(['1', '2', '10', 'note']);
    expect(entries.at(-1)).toMatchObject({ kind: 'file', size: 4 });
  });

  test('gives a directory in parts that are like its list', async () => {
    const { storage } = under();
    const all = await storage.list('a');
    const first = await storage.page?.('a', { search: '', first: 3, after: null });
    if (!first) return; // it has no easier way than the list
    expect(first).toEqual({ entries: all.slice(0, 3), total: 4, more: true });
    const wanted = { search: '', first: 3, after: { name: '10', kind: 'directory' } } as const;
    expect(await storage.page?.('a', wanted)).toEqual({ entries: all.slice(3), total: 4, more: false });
    expect(await storage.page?.('a', { search: 'OT', first: 9, after: null })).toMatchObject({ entries: [{ name: 'note' }], total: 1 });
  });

  test('reads a part of a file, and nothing past its end', async () => {
    expect(await text('a/note', 1, 2)).toBe('ou');
    expect(await text('a/note', 4)).toBe('');
    expect(await under().storage.stat('a/2/n')).toMatchObject({ kind: 'file', size: 4 });
    expect(await under().storage.stat('a')).toMatchObject({ name: 'a', kind: 'directory' });
  });

  test.each(['../x', 'a/../../x', '/etc/passwd', 'a\0b'])('refuses %j', async (path) => {
    const { storage } = under();
    for (const call of [storage.stat(path), storage.list(path), storage.read(path, 0, 1)]) {
      await expect(call).rejects.toMatchObject({ code: 'BAD_INPUT' });
    }
  });

  test('packs what is in a directory, and tells of one that is not there', async () => {
    expect(await contentsOf(under().storage.pack('a'))).toEqual({ '1/n': 'one\n', '10/n': 'ten\n', '2/n': 'two\n', note: 'four' });
    await under().link?.('a/link', '/etc');
    for (const path of ['none', 'a/link', 'a/note']) {
      await expect(contentsOf(under().storage.pack(path))).rejects.toMatchObject({ code: 'NOT_FOUND', retryable: false });
    }
  });

  test('tells of a file that is not there, and of a path that is too long, in one way', async () => {
    await expect(under().storage.read('a/none', 0, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(under().storage.stat('x'.repeat(5000))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
}

/** The files of a tar archive. */
export async function contentsOf(archive: AsyncIterable<Uint8Array>): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const entry of entriesOf(archive)) {
    const bytes = await buffer(entry as AsyncIterable<Uint8Array>); // without an encoding it yields buffers
    if (entry.header.type === 'file') files[entry.header.name.replace(/^\.\//, '')] = bytes.toString();
  }
  return files;
}
