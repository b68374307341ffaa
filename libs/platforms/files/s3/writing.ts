import { type AssembledFile, KnownError, type Storage } from '@kiln/domain';
import { Crew } from '../crew.ts';
import { hiddenName } from '../hidden.ts';
import { relativePath, safe, shortest } from '../root.ts';
import { removeLeftOver } from './left-over.ts';
import type { Objects, StoredObject } from './objects.ts';
import { packAll } from './pack.ts';
import { isDirectory, needNoFile, noFile, pathOf } from './reading.ts';
import { join, removeAll, replace } from './replace.ts';
import { unpack } from './unpack.ts';

/**
 * How files get into a storage that is a bucket, and out of it again. A file is there whole or not at all; a directory that is put in
 * place of another is for a moment made of both.
 */
export function writing(objects: Objects): Omit<Storage, 'size' | 'list' | 'stat' | 'read' | 'uploading'> {
  return {
    async open(path) {
      const place = pathOf(path);
      await needNoFile(objects, place, `Results cannot be written to ${objects.name(place)}`);
      const probe = join(place, hiddenName('probe'));
      await objects.put(probe, new Uint8Array());
      await objects.remove(probe);
      await removeLeftOver(objects, place);
    },

    async probe(path) {
      const place = pathOf(path);
      await needNoFile(objects, place, `Results cannot be written to ${objects.name(place)}`);
      for await (const _one of objects.list(place, true, 1)) break; // that there is a bucket, which opens
    },

    async unpack(path, archive, anew = [], below = '') {
      const home = pathOf(path);
      const directories = anew.map(relativePath);
      if (directories.length === 0) return void (await unpack(objects, home, archive));
      const hidden = join(home, hiddenName('unpack'));
      try {
        await unpack(objects, join(hidden, shortest(below)), archive);
        await replace(objects, hidden, home, directories);
      } finally {
        await removeAll(objects, hidden).catch(() => undefined); // nobody sees it, and a later `open` tries again
      }
    },

    async *pack(path) {
      const place = pathOf(path);
      const all = await objects.inside(place);
      if (all.length === 0 && place !== '') throw new KnownError('NOT_FOUND', `There is no directory “${path}”.`);
      yield* packAll(objects, place, all);
    },

    async assemble(path, files) {
      const place = relativePath(path);
      for (const { to } of files) safe(to);
      const sources = await sourcesOf(objects, files);
      const made = new Set(files.map(({ to }) => join(place, shortest(to))));
      await Crew.each(files, async (file) => {
        const to = join(place, shortest(file.to));
        if ('text' in file) return objects.put(to, new TextEncoder().encode(file.text));
        const source = sources.get(file.from);
        return source && objects.copy(source, to);
      });
      await removeAll(objects, place, (one) => made.has(one));
    },

    async remove(paths) {
      for (const path of paths.map(relativePath)) await removeAll(objects, path);
    },

    copy: (from, to) => replace(objects, relativePath(from), relativePath(to), ['.']),
  };
}

/** The objects to copy; nothing is changed if one of them is not there. */
async function sourcesOf(objects: Objects, files: readonly AssembledFile[]): Promise<ReadonlyMap<string, StoredObject>> {
  const sources = new Map<string, StoredObject>();
  await Crew.each(new Set(files.flatMap((file) => ('from' in file ? [file.from] : []))), async (from) => {
    const place = pathOf(from);
    const source = await objects.head(place);
    if (source) return sources.set(from, source);
    if (await isDirectory(objects, place)) throw new KnownError('BAD_INPUT', `“${from}” is no regular file.`);
    throw noFile(from);
  });
  return sources;
}
