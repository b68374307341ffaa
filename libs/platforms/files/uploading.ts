import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm, statfs, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Piece, Upload, Uploading } from '@kiln/domain';
import { toKnownError } from '../trouble.ts';
import { leftOver } from './hidden.ts';
import { missing, PieceSums, sizeOf } from './piece-sums.ts';
import { LEAST_FREE_BYTES } from './room.ts';
import type { Root } from './root.ts';
import { PIECE, uploadPlace } from './upload-name.ts';
import { damaged, damagedPiece, noRegular, noRoom, notWhole } from './upload-trouble.ts';

/** How files come in pieces into a directory of this machine. */
export function uploading(root: Root, has: Uploading['has']): Uploading {
  const placesOf = (upload: Upload): Places => {
    const { directory, name, hidden, sums } = uploadPlace(upload, PIECE);
    const parent = join(root.directory, directory);
    return { parent, part: join(parent, hidden), sums: join(parent, sums), place: join(parent, name) };
  };
  const telling = <T>(upload: Upload, work: Promise<T>) =>
    work.catch((error) => {
      throw toKnownError(error, `${upload.path} could not be written`);
    });

  return {
    pieceOf: () => PIECE,
    has,
    begin: async (upload) => telling(upload, begin(root, upload, placesOf(upload))),
    add: async (upload, piece) => telling(upload, add(root, upload, piece, placesOf(upload))),
    end: async (upload, sums) => telling(upload, end(root, upload, sums, placesOf(upload), has)),
  };
}

interface Places {
  readonly parent: string;
  readonly part: string;
  readonly sums: string;
  readonly place: string;
}

async function begin(root: Root, upload: Upload, places: Places): Promise<number> {
  const { parent, part, sums, place } = places;
  await mkdir(root.directory, { recursive: true });
  await withoutLinks(root.directory, parent);
  await mkdir(parent, { recursive: true });
  if (await isOther(place)) throw noRegular(upload);
  for (const left of await leftOver(parent)) if (left !== part && left !== sums) await rm(left, { recursive: true });
  const come = await comeOf(upload, places);
  const { bavail, bsize } = await statfs(parent);
  const free = bavail * bsize - LEAST_FREE_BYTES;
  if (free < upload.size - come) throw noRoom(upload, free);
  return come;
}

/** What is written must lie where its path says, and not where a link leads to. */
async function withoutLinks(root: string, directory: string): Promise<void> {
  for (let at = directory; at !== root; at = dirname(at)) {
    if ((await lstat(at).catch(missing))?.isSymbolicLink()) throw new Error(`ENOTDIR: ${at}`);
  }
}

/** Bytes of the pieces that are there and proven. */
async function comeOf({ size }: Upload, { part, sums }: Places): Promise<number> {
  const proven = Math.min(size, (await new PieceSums(sums).count()) * PIECE);
  return (await sizeOf(part)) < proven ? 0 : proven;
}

async function add(root: Root, upload: Upload, { offset, bytes, sha256 }: Piece, places: Places): Promise<number> {
  await withoutLinks(root.directory, places.parent);
  const come = await comeOf(upload, places);
  const sums = new PieceSums(places.sums);
  const number = offset / PIECE;
  if (come < offset || (offset < come && (await sums.is(number, sha256)))) return come;
  await sums.cut(number);
  const file = await open(places.part, constants.O_RDWR | constants.O_CREAT);
  try {
    await writeAll(file, bytes, offset);
    await file.datasync(); // its checksum must not outlive it
  } finally {
    await file.close();
  }
  if ((await sumOf(places.part, offset, bytes.length)) !== sha256) throw damagedPiece(upload);
  await sums.note(number, sha256);
  return comeOf(upload, places);
}

async function writeAll(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
}

async function sumOf(path: string, offset: number, length: number): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { start: offset, end: offset + length - 1 }), hash);
  return hash.digest('hex');
}

async function end(root: Root, upload: Upload, given: string | null, places: Places, has: Uploading['has']): Promise<void> {
  const { parent, part, sums, place } = places;
  await withoutLinks(root.directory, parent);
  if (upload.size === 0) await (await open(part, 'a')).close();
  if ((await lstat(part).catch(missing)) === null) {
    if (!(await has(upload))) throw notWhole(upload);
    return rm(sums, { force: true }); // it has ended before, and the answer was lost
  }
  if ((await comeOf(upload, places)) < upload.size) throw notWhole(upload);
  const found = await new PieceSums(sums).sum(Math.ceil(upload.size / PIECE));
  if (found === null || (given !== null && found !== given) || (await sizeOf(part)) !== upload.size) {
    for (const path of [sums, part]) await rm(path, { force: true });
    throw damaged(upload);
  }
  if (await isOther(place)) throw noRegular(upload);
  await utimes(part, upload.modified, upload.modified);
  await rename(part, place);
  await rm(sums, { force: true });
}

/** Whether a directory stands there, or whatever a file cannot replace. */
async function isOther(path: string): Promise<boolean> {
  const found = await lstat(path).catch(missing);
  return found !== null && !found.isFile() && !found.isSymbolicLink();
}
