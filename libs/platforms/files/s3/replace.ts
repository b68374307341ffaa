import { Crew } from '../crew.ts';
import type { Objects, StoredObject } from './objects.ts';

/** Copies what is in one directory to another, whose directories `anew` hold nothing else afterwards. Nothing is removed before all is copied. */
export async function replace(objects: Objects, from: string, to: string, anew: readonly string[]): Promise<void> {
  const sources = await objects.inside(from);
  const targets = new Map(sources.map((source) => [join(to, source.path.slice(from.length + 1)), source]));
  await Crew.each(targets, ([path, source]) => objects.copy(source, path));
  const kept = (path: string) => targets.has(path);
  for (const directory of anew) await removeAll(objects, join(to, directory), kept);
}

/** Removes the object at `path` and all that is in the directory of that name, but what is to be kept. */
export async function removeAll(objects: Objects, path: string, kept: (path: string) => boolean = () => false): Promise<void> {
  const found: StoredObject[] = await objects.inside(path);
  const one = path === '' || kept(path) ? null : await objects.head(path);
  await Crew.each([...(one ? [one] : []), ...found], async (old) => kept(old.path) || objects.remove(old.path));
}

export function join(directory: string, name: string): string {
  return [directory, name].filter((part) => part !== '' && part !== '.').join('/');
}
