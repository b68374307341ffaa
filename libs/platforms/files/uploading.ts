import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm, statfs, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Upload, Uploading } from '@kiln/domain';
import { isNodeError, toKnownError } from '../trouble.ts';
import { leftOver } from './hidden.ts';
import { LEAST_FREE_BYTES } from './room.ts';
import type { Root } from './root.ts';
import { uploadPlace } from './upload-name.ts';
import { damaged, noRegular, noRoom, notWhole } from './upload-trouble.ts';

/** How files come in pieces into a directory of this machine. */
export function uploading(root: Root): Uploading {
  const placesOf = (upload: Upload) => {
    const { directory, name, hidden } = uploadPlace(upload);
    const parent = join(root.directory, directory);
    return { parent, part: join(parent, hidden), place: join(parent, name) };
  };
  const telling = <T>(upload: Upload, work: Promise<T>) =>
    work.catch((error) => {
      throw toKnownError(error, `${upload.path} could not be written`);
    });

  return {
    begin: async (upload) => telling(upload, begin(root, upload, placesOf(upload))),
    add: async (upload, offset, bytes) => telling(upload, add(root, offset, bytes, placesOf(upload))),
    end: async (upload, sha256) => telling(upload, end(root, upload, sha256, placesOf(upload))),
  };
}

interface Places {
  readonly parent: string;
  readonly part: string;
  readonly place: string;
}

async function begin(root: Root, upload: Upload, { parent, part, place }: Places): Promise<number> {
  await mkdir(root.directory, { recursive: true });
  await withoutLinks(root.directory, parent);
  await mkdir(parent, { recursive: true });
  if (await isOther(place)) throw noRegular(upload);
  for (const left of await leftOver(parent)) if (left !== part) await rm(left, { recursive: true });
  const come = await sizeOf(part);
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

async function add(root: Root, offset: number, bytes: Uint8Array, { parent, part }: Places): Promise<number> {
  await withoutLinks(root.directory, parent);
  const come = await sizeOf(part);
  if (come < offset) return come;
  const file = await open(part, come === 0 ? 'w' : 'r+');
  try {
    await file.truncate(offset);
    await writeAll(file, bytes, offset);
  } finally {
    await file.close();
  }
  return offset + bytes.length;
}

async function writeAll(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
}

async function end(root: Root, upload: Upload, sha256: string | null, places: Places): Promise<void> {
  const { parent, part, place } = places;
  await withoutLinks(root.directory, parent);
  const begun = (await lstat(part).catch(missing)) !== null;
  if (!begun && upload.size === 0) await add(root, 0, new Uint8Array(), places);
  const file = begun || upload.size === 0 ? part : place; // it has ended before, and the answer was lost
  const size = await sizeOf(file);
  if (size < upload.size) throw notWhole(upload);
  if (size > upload.size || (sha256 !== null && (await sumOf(file)) !== sha256)) {
    await rm(part, { force: true });
    throw damaged(upload);
  }
  if (await isOther(place)) throw noRegular(upload);
  if (file === place) return;
  await utimes(part, upload.modified, upload.modified);
  await rename(part, place);
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Whether a directory stands there, or whatever a file cannot replace. */
async function isOther(path: string): Promise<boolean> {
  const found = await lstat(path).catch(missing);
  return found !== null && !found.isFile() && !found.isSymbolicLink();
}

async function sizeOf(path: string): Promise<number> {
  const found = await lstat(path).catch(missing);
  return found?.isFile() ? found.size : 0;
}

function missing(error: unknown): null {
  if (isNodeError(error, 'ENOENT')) return null;
  throw error;
}
