import { createHash } from 'node:crypto';
import type { Piece, Upload, Uploading } from '@kiln/domain';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { uploadPlace } from '../files/upload-name.ts';
import { archiveOf } from './archive.ts';
import type { StorageUnderTest } from './storage-contract.ts';

export interface UploadsUnderTest extends StorageUnderTest {
  /** Makes what lies at `path` look two days old. */
  outdate(path: string): Promise<void>;
  /** Leaves what a worker leaves that dies before it has noted that a piece is there. */
  addUnnoted(upload: Upload, piece: Piece): Promise<void>;
}

const MODIFIED = 1_700_000_000;
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A file with random letters; letters are as many bytes. */
function fileOf(path: string, content: string, piece: number) {
  const bytes = new TextEncoder().encode(content);
  const upload: Upload = { path, size: bytes.length, modified: MODIFIED };
  const pieces: Piece[] = [];
  for (let offset = 0; offset < bytes.length; offset += piece) {
    const part = bytes.subarray(offset, offset + piece);
    pieces.push({ offset, bytes: part, sha256: sha256(part) });
  }
  return { content, upload, pieces, sums: sha256(pieces.map((one) => `${one.sha256}\n`).join('')) };
}

/** What every storage must do into which files come in pieces; `times`: it keeps those of files as its own; `tooLarge`: how it says that a file is. */
export function uploadingContract(
  name: string,
  open: () => Promise<UploadsUnderTest>,
  { times = true, tooLarge = 'DISK_FULL' }: { readonly times?: boolean; readonly tooLarge?: string } = {},
): void {
  describe(name, () => {
    let under: UploadsUnderTest;
    let uploading: Uploading;
    let piece: number;
    beforeEach(async () => {
      under = await open();
      await under.storage.open('');
      if (!under.storage.uploading) throw new Error('It takes no uploads.');
      uploading = under.storage.uploading;
      piece = uploading.pieceOf(1);
    });
    afterEach(() => under.close());

    const text = async (path: string) => new TextDecoder().decode(await under.storage.read(path, 0, 4 * piece));
    const names = async (path: string) => (await under.storage.list(path)).map((entry) => entry.name);
    const short = (path: string, content: string) => fileOf(path, content, piece);
    /** Of three pieces, the last of which is short. */
    const long = (path: string, letter = 'a') => fileOf(path, `${letter.repeat(piece)}${'b'.repeat(piece)}end`, piece);
    const [first, second, last] = [0, 1, 2] as const;
    const at = ({ pieces }: ReturnType<typeof fileOf>, number: number) => {
      const found = pieces[number];
      if (!found) throw new Error(`There is no piece ${number}.`);
      return found;
    };
    const bring = async (file: ReturnType<typeof fileOf>) => {
      await uploading.begin(file.upload);
      for (const one of file.pieces) await uploading.add(file.upload, one);
      await uploading.end(file.upload, file.sums);
    };

    test('a file that comes in pieces is seen when it is whole, with its time', async () => {
      const file = long('a/b/c');
      expect(await uploading.has(file.upload)).toBe(false);
      expect(await uploading.begin(file.upload)).toBe(0);
      expect(await uploading.add(file.upload, at(file, first))).toBe(piece);
      expect(await under.storage.list('a/b')).toEqual([]);
      expect(await uploading.add(file.upload, at(file, second))).toBe(2 * piece);
      expect(await uploading.add(file.upload, at(file, last))).toBe(file.upload.size);
      await expect(under.storage.stat('a/b/c')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await uploading.end(file.upload, file.sums);
      expect((await text('a/b/c')) === file.content).toBe(true);
      expect(await names('a/b')).toEqual(['c']);
      expect(await uploading.has(file.upload)).toBe(true);
      expect(await uploading.has({ ...file.upload, modified: 5 })).toBe(false);
      if (times) expect((await under.storage.stat('a/b/c')).modifiedAt).toBe('2023-11-14T22:13:20.000Z');
    });

    test('each call may be repeated, and an upload goes on where it stopped', async () => {
      const file = long('c');
      await uploading.begin(file.upload);
      await uploading.add(file.upload, at(file, first));
      expect(await uploading.add(file.upload, at(file, first))).toBe(piece);
      expect(await uploading.add(file.upload, at(file, last))).toBe(piece);
      expect(await uploading.begin(file.upload)).toBe(piece);
      await expect(uploading.end(file.upload, null)).rejects.toMatchObject({ code: 'CONFLICT' });
      await uploading.add(file.upload, at(file, second));
      expect(await uploading.add(file.upload, at(file, first))).toBe(2 * piece);
      await uploading.add(file.upload, at(file, last));
      expect(await uploading.begin(file.upload)).toBe(file.upload.size);
      await uploading.end(file.upload, file.sums);
      await uploading.end(file.upload, file.sums);
      expect((await text('c')) === file.content).toBe(true);
      expect(await uploading.begin({ ...file.upload, modified: 5 })).toBe(0);
      await expect(uploading.end({ ...file.upload, modified: 5 }, null)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect((await text('c')) === file.content).toBe(true);
    });

    test('a piece that is sent by two at once counts once', async () => {
      const file = long('c');
      await uploading.begin(file.upload);
      for (const one of file.pieces) await Promise.all([uploading.add(file.upload, one), uploading.add(file.upload, one)]);
      await uploading.end(file.upload, file.sums);
      expect((await text('c')) === file.content).toBe(true);
    });

    test('a piece with one wrong byte is told and does not count, and its upload goes on with it', async () => {
      const file = long('c');
      await uploading.begin(file.upload);
      await uploading.add(file.upload, at(file, first));
      const bytes = Uint8Array.from(at(file, second).bytes);
      bytes[1000] = (bytes[1000] ?? 0) ^ 1;
      const damaged = { code: 'CONFLICT', message: expect.stringContaining('A piece of “c” did not arrive as it was sent') };
      await expect(uploading.add(file.upload, { ...at(file, second), bytes })).rejects.toMatchObject(damaged);
      expect(await uploading.begin(file.upload)).toBe(piece);
      await uploading.add(file.upload, at(file, second));
      await uploading.add(file.upload, at(file, last));
      await uploading.end(file.upload, file.sums);
      expect((await text('c')) === file.content).toBe(true);
    });

    test('what a worker wrote that died before it noted it is sent again', async () => {
      const file = long('c');
      await uploading.begin(file.upload);
      await uploading.add(file.upload, at(file, first));
      const torn = new TextEncoder().encode('x'.repeat(piece));
      await under.addUnnoted(file.upload, { ...at(file, second), bytes: torn });
      expect(await uploading.begin(file.upload)).toBe(piece);
      expect(await uploading.add(file.upload, at(file, last))).toBe(piece);
      await uploading.add(file.upload, at(file, second));
      await uploading.add(file.upload, at(file, last));
      await uploading.end(file.upload, file.sums);
      expect((await text('c')) === file.content).toBe(true);
    });

    test('a file that changed between two pieces, and kept size and time, begins anew from its first other piece', async () => {
      const [file, other] = [long('c'), long('c', 'z')];
      await uploading.begin(file.upload);
      await uploading.add(file.upload, at(file, first));
      await uploading.add(file.upload, at(file, second));
      expect(await uploading.add(file.upload, at(other, first))).toBe(piece);
      for (const one of other.pieces) await uploading.add(file.upload, one);
      await uploading.end(file.upload, other.sums);
      expect((await text('c')) === other.content).toBe(true);
    });

    test('what is not what was sent is not put in place, and begins anew', async () => {
      await under.storage.unpack('', archiveOf({ c: 'old' }));
      const file = short('c', 'abX');
      await uploading.begin(file.upload);
      await uploading.add(file.upload, at(file, first));
      await expect(uploading.end(file.upload, short('c', 'abc').sums)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await text('c')).toBe('old');
      expect(await uploading.begin(file.upload)).toBe(0);
      await bring(short('c', 'abc'));
      expect(await text('c')).toBe('abc');
    });

    test('if what has come is lost, it begins anew', async () => {
      const file = long('c');
      await uploading.begin(file.upload);
      await uploading.add(file.upload, at(file, first));
      await under.storage.remove([uploadPlace(file.upload, piece).hidden]);
      expect(await uploading.begin(file.upload)).toBe(0);
      await uploading.add(file.upload, at(file, first));
      await under.storage.remove([uploadPlace(file.upload, piece).hidden]);
      expect(await uploading.add(file.upload, at(file, second))).toBe(0);
      await bring(file);
      expect((await text('c')) === file.content).toBe(true);
    });

    test('an upload that nobody went on with for a day is removed as another one begins there, and one that goes on is not', async () => {
      const [left, kept] = [long('d/left'), long('d/kept')];
      for (const { upload, pieces } of [left, kept]) {
        await uploading.begin(upload);
        for (const one of pieces.slice(0, 2)) await uploading.add(upload, one);
        const { hidden, sums } = uploadPlace(upload, piece);
        for (const name of [hidden, sums]) await under.outdate(`d/${name}`);
      }
      expect(await uploading.begin(kept.upload)).toBe(2 * piece);
      await uploading.add(kept.upload, at(kept, last));
      expect(await uploading.begin(left.upload)).toBe(0);
      await uploading.end(kept.upload, kept.sums);
      expect((await text('d/kept')) === kept.content).toBe(true);
    });

    test.each(['-rf', 'a\nb', 'it\'s $(id) `id` "x" \\ *', 'wéird ☃', ' -n ', '.hidden', '%s'])('a file may be called %j', async (odd) => {
      for (const path of [odd, `${odd}.d/${odd}`]) {
        await bring(short(path, 'hi'));
        expect(await text(path)).toBe('hi');
        expect(await uploading.has(short(path, 'hi').upload)).toBe(true);
      }
      expect((await names('')).sort()).toEqual([odd, `${odd}.d`].sort());
    });

    test('an empty file is uploaded, too', async () => {
      const { upload, sums } = short('empty', '');
      expect(await uploading.begin(upload)).toBe(0);
      for (let i = 0; i < 2; i += 1) await uploading.end(upload, sums);
      expect(await under.storage.stat('empty')).toMatchObject({ size: 0, kind: 'file' });
      expect(await uploading.has(upload)).toBe(true);
      expect(await names('')).toEqual(['empty']);
    });

    test('nothing comes where a directory is, below a file, out of the root or over a link', async () => {
      await under.storage.unpack('', archiveOf({ 'd/x': 'x' }));
      await expect(uploading.begin(short('d', 'x').upload)).rejects.toMatchObject({ code: 'BAD_INPUT' });
      await expect(uploading.begin(short('d/x/y', 'x').upload)).rejects.toMatchObject({ code: 'STORAGE_UNWRITABLE' });
      await under.link?.('out', '/tmp');
      await under.link?.('within', 'd');
      for (const path of under.link ? ['out/kiln-upload/x', 'within/y'] : []) {
        await expect(uploading.begin(short(path, 'x').upload)).rejects.toMatchObject({ code: 'STORAGE_UNWRITABLE' });
      }
      for (const path of ['../x', '/etc/x', 'a\0b', '.']) {
        await expect(uploading.begin(short(path, 'x').upload)).rejects.toMatchObject({ code: 'BAD_INPUT' });
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
        await bring(short(name, 'hi'));
        expect(await text(name)).toBe('hi');
      }
      expect(await names('d')).toEqual(['x']);
      expect(await text('d/x')).toBe('x');
    });

    test('what does not fit is told before it is sent', async () => {
      await expect(uploading.begin({ path: 'huge', size: 2 ** 49, modified: 1 })).rejects.toMatchObject({ code: tooLarge });
    });
  });
}
