import { lstat, open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type FileEntry, KnownError, type Storage } from '@kiln/domain';
import { toKnownError } from '../trouble.ts';
import { notFound, type Root } from './root.ts';

/** What is asked of a storage that is a directory of this machine. */
export function reading(root: Root): Pick<Storage, 'list' | 'stat' | 'read'> {
  return {
    async list(path) {
      const directory = await root.existing(path);
      const entries = await readdir(directory).catch((error) => notFound(error, path));
      const all = await Promise.all(entries.map((name) => entryOf(join(directory, name))));
      return all.filter((entry) => entry !== null).sort(directoriesFirst);
    },

    async stat(path) {
      const entry = await entryOf(await root.existing(path));
      if (!entry) throw new KnownError('NOT_FOUND', `There is no file “${path}”.`);
      return entry;
    },

    async read(path, offset, length) {
      const file = await open(await root.existing(path), 'r').catch((error) => notFound(error, path));
      try {
        const { size } = await file.stat();
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

async function entryOf(path: string): Promise<FileEntry | null> {
  const found = await lstat(path).catch(() => null); // It was removed between the listing and this look.
  if (!found || !(found.isFile() || found.isDirectory())) return null;
  const kind = found.isDirectory() ? 'directory' : 'file';
  return { name: basename(path), kind, size: kind === 'file' ? found.size : 0, modifiedAt: found.mtime.toISOString() };
}

function directoriesFirst(a: FileEntry, b: FileEntry): number {
  return a.kind === b.kind ? a.name.localeCompare(b.name, 'en', { numeric: true }) : a.kind === 'directory' ? -1 : 1;
}
