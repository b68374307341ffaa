import { type FileEntry, type FilePart, KnownError, type Storage } from '@kiln/domain';

/** Conversations with a storage at once, for one question. */
const AT_ONCE = 8;

/** The entries of each of the directories; null for one that is not there. */
export function listDirectories(storage: Storage, paths: readonly string[]): Promise<(readonly FileEntry[] | null)[]> {
  return each(paths, async (path) => {
    try {
      return await storage.list(path);
    } catch (error) {
      if (error instanceof KnownError && error.code === 'NOT_FOUND') return null;
      throw error;
    }
  });
}

/** The bytes of all parts, one after the other. @throws KnownError CONFLICT if a file is shorter than that */
export async function readParts(storage: Storage, parts: readonly FilePart[], most: number): Promise<Uint8Array> {
  const total = parts.reduce((sum, { length }) => sum + length, 0);
  if (total > most) throw new KnownError('BAD_INPUT', `One question may ask for ${most} bytes.`);
  const pieces = await each(parts, async ({ path, offset, length }) => {
    const bytes = length > 0 ? await storage.read(path, offset, length) : new Uint8Array();
    if (bytes.length === length) return bytes;
    throw new KnownError('CONFLICT', `${path} became shorter while it was read.`);
  });
  return Buffer.concat(pieces);
}

async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let i = 0; i < items.length; i += AT_ONCE) results.push(...(await Promise.all(items.slice(i, i + AT_ONCE).map(work))));
  return results;
}
