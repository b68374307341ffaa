import { type FileEntry, type FoundFile, type FoundFiles, KnownError, MOST_FOUND, type Storage } from '@kiln/domain';
import picomatch from 'picomatch';

/** Directories that are looked through at once. */
const AT_ONCE = 8;

/**
 * The files below each of `directories` whose path relative to it matches `pattern`, in their order; none below one that is not
 * there. `*`, `?` and `[…]` of a pattern stand for letters of one name.
 */
export async function findFiles(storage: Storage, directories: readonly string[], pattern: string): Promise<readonly FoundFiles[]> {
  const found: FoundFiles[] = [];
  for (let i = 0; i < directories.length; i += AT_ONCE) {
    const some = directories.slice(i, i + AT_ONCE);
    found.push(...(await Promise.all(some.map((directory) => findBelow(storage, directory, pattern.split('/'))))));
  }
  return found;
}

async function findBelow(storage: Storage, directory: string, pattern: readonly string[]): Promise<FoundFiles> {
  const files: FoundFile[] = [];
  for await (const file of walk(storage, directory, [], pattern)) {
    if (files.length === MOST_FOUND) return { files, cut: true };
    files.push(file);
  }
  return { files, cut: false };
}

async function* walk(
  storage: Storage,
  directory: string,
  way: readonly string[],
  [first = '', ...rest]: readonly string[],
): AsyncIterable<FoundFile> {
  for (const { name, kind, size, modifiedAt } of await entriesOf(storage, [directory, ...way].join('/'), first)) {
    const path = [...way, name];
    if (rest.length > 0) {
      if (kind === 'directory') yield* walk(storage, directory, path, rest);
    } else if (kind === 'file') yield { path: path.join('/'), size, modifiedAt };
  }
}

/** The entries of a directory whose names match: without a look at the others if only one can. */
async function entriesOf(storage: Storage, directory: string, pattern: string): Promise<readonly FileEntry[]> {
  try {
    if (!picomatch.scan(pattern).isGlob) return [{ ...(await storage.stat(`${directory}/${pattern}`)), name: pattern }]; // not that of what a link leads to
    const matches = picomatch(pattern, { nobrace: true, noextglob: true, nonegate: true });
    return (await storage.list(directory)).filter(({ name }) => matches(name));
  } catch (error) {
    if (error instanceof KnownError && error.code === 'NOT_FOUND') return [];
    throw error;
  }
}
