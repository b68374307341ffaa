import type { Dirent } from 'node:fs';
import { constants, lstat, open, opendir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type FileEntry, KnownError, type Storage } from '@kiln/domain';
import { toKnownError } from '../trouble.ts';
import { directoriesFirst, pageOf } from './entries.ts';
import { isHidden } from './hidden.ts';
import { notFound, type Root } from './root.ts';

/** What is asked of a storage that is a directory of this machine. */
export function reading(root: Root): Pick<Storage, 'list' | 'page' | 'stat' | 'read'> {
  return {
    async list(path) {
      const directory = await root.existing(path);
      const entries = await readdir(directory).catch((error) => notFound(error, path));
      return entriesOf(
        directory,
        entries.filter((name) => !isHidden(name)),
      );
    },

    async page(path, wanted) {
      const directory = await root.existing(path);
      const entries = await readdir(directory, { withFileTypes: true }).catch((error) => notFound(error, path));
      const { entries: picked, ...rest } = pageOf(entries.flatMap(named).sort(directoriesFirst), wanted);
      const all = await Promise.all(picked.map(({ name }) => entryOf(join(directory, name))));
      return { entries: all.filter((entry) => entry !== null), ...rest };
    },

    async stat(path) {
      const entry = await entryOf(await root.existing(path));
      if (!entry) throw new KnownError('NOT_FOUND', `There is no file “${path}”.`);
      return entry;
    },

    async read(path, offset, length) {
      // Without O_NONBLOCK a named pipe is opened when somebody writes to it, which may be never.
      const flags = constants.O_RDONLY | constants.O_NONBLOCK;
      const file = await open(await root.existing(path), flags).catch((error) => notFound(error, path));
      try {
        const found = await file.stat();
        if (!found.isFile()) throw new KnownError('NOT_FOUND', `There is no file “${path}”.`);
        const { size } = found;
        const buffer = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
        const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
        return buffer.subarray(0, bytesRead);
      } catch (error) {
        throw toKnownError(error, `${path} could not be read`);
      } finally {
        await file.close();
      }
    },
  };
}

/** As `list`; null if there are more than `most`. */
export async function listAtMost(root: Root, path: string, most: number): Promise<FileEntry[] | null> {
  const directory = await root.existing(path);
  const names: string[] = [];
  for await (const { name } of await opendir(directory).catch((error) => notFound(error, path))) {
    if (!isHidden(name)) names.push(name);
    if (names.length > most) return null;
  }
  return entriesOf(directory, names);
}

async function entriesOf(directory: string, names: readonly string[]): Promise<FileEntry[]> {
  const all = await Promise.all(names.map((name) => entryOf(join(directory, name))));
  return all.filter((entry) => entry !== null).sort(directoriesFirst);
}

function named(entry: Dirent): Pick<FileEntry, 'name' | 'kind'>[] {
  const { name } = entry;
  if (isHidden(name) || !(entry.isFile() || entry.isDirectory())) return [];
  return [{ name, kind: entry.isDirectory() ? 'directory' : 'file' }];
}

async function entryOf(path: string): Promise<FileEntry | null> {
  const found = await lstat(path).catch(() => null); // It was removed between the listing and this look.
  if (!found || !(found.isFile() || found.isDirectory())) return null;
  const kind = found.isDirectory() ? 'directory' : 'file';
  return { name: basename(path), kind, size: kind === 'file' ? found.size : 0, modifiedAt: found.mtime.toISOString() };
}
