import { basename } from 'node:path/posix';
import { buffer } from 'node:stream/consumers';
import { type FileEntry, KnownError, type Storage } from '@kiln/domain';
import { directoriesFirst } from '../entries.ts';
import { isHidden } from '../hidden.ts';
import { shortest } from '../root.ts';
import type { Objects, StoredObject } from './objects.ts';

/** What is asked of a storage that is a bucket. */
export function reading(objects: Objects): Pick<Storage, 'size' | 'list' | 'stat' | 'read'> {
  return {
    async size(paths) {
      let bytes = 0;
      for (const path of paths.map(pathOf)) {
        for await (const one of objects.list(path === '' ? '' : `${path}/`)) if ('size' in one) bytes += one.size;
      }
      return bytes;
    },

    async list(path) {
      const directory = pathOf(path);
      const entries: FileEntry[] = [];
      let there = directory === '';
      for await (const one of objects.list(directory === '' ? '' : `${directory}/`, true)) {
        there = true;
        const entry = 'directory' in one ? directoryEntry(one.directory) : fileEntry(one);
        if (!isMark(one) && !isHidden(entry.name)) entries.push(entry);
      }
      if (!there) throw noFile(path);
      return entries.sort(directoriesFirst);
    },

    async stat(path) {
      const place = pathOf(path);
      const file = await objects.head(place);
      if (file) return fileEntry(file);
      if (place === '' || (await isDirectory(objects, place))) return directoryEntry(place);
      throw noFile(path);
    },

    async read(path, offset, length) {
      const place = pathOf(path);
      if (length <= 0) {
        if (!(await objects.head(place))) throw noFile(path);
        return new Uint8Array();
      }
      const found = await objects.get(place, { offset, length });
      if (!found) throw noFile(path);
      return buffer(found.body).catch((error) => {
        throw objects.trouble(error, `${objects.name(place)} could not be read`);
      });
    },
  };
}

/** Of the root, nothing. */
export function pathOf(path: string): string {
  const clean = shortest(path);
  return clean === '.' ? '' : clean;
}

export async function isDirectory(objects: Objects, path: string): Promise<boolean> {
  for await (const _one of objects.list(`${path}/`, true, 1)) return true;
  return false;
}

/** @throws KnownError that begins with `what` if a file stands where the directory `path` would be, or one that it is in */
export async function needNoFile(objects: Objects, path: string, what: string): Promise<void> {
  const parts = path.split('/');
  for (const [i] of parts.entries()) {
    if (!(await objects.head(parts.slice(0, i + 1).join('/')))) continue;
    throw new KnownError('STORAGE_UNWRITABLE', `${what}: a file stands where a directory is needed.`);
  }
}

function isMark(one: StoredObject | { readonly directory: string }): boolean {
  return 'path' in one && one.path.endsWith('/');
}

function fileEntry({ path, size, modifiedAt }: StoredObject): FileEntry {
  return { name: basename(path), kind: 'file', size, modifiedAt };
}

/** A bucket knows no directories: nobody can tell when one changed. */
function directoryEntry(path: string): FileEntry {
  return { name: basename(path), kind: 'directory', size: 0, modifiedAt: null };
}

export function noFile(path: string): KnownError {
  return new KnownError('NOT_FOUND', `There is no file “${path}”.`);
}
