import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { KnownError } from '@kiln/domain';
import { pack } from 'tar-stream';
import { Crew } from '../crew.ts';
import { directoriesFirst } from '../entries.ts';
import { contentsOf, patiently } from './contents.ts';
import { hasExtension, indexOf, look } from './files.ts';
import type { IndexEntry } from './index-page.ts';
import { join } from './reading.ts';
import type { Web } from './web.ts';

/** A link of the server may lead back to a directory above it: nothing else tells. */
const DEEPEST = 32;
const MOST_ENTRIES = 100_000;
/** Other times find no room in the header of an entry. */
const LATEST = 2 ** 31 * 1000;

/** A tar archive of what index pages show to be in the directory `path` and below. All of them are read before any file is. */
export async function* packTree(web: Web, path: string): AsyncIterable<Uint8Array> {
  const entries: IndexEntry[] = [];
  for await (const entry of walk(web, path, '', 1)) {
    if (entries.length === MOST_ENTRIES) {
      throw new KnownError(
        'BAD_INPUT',
        `“${path}” holds more than ${MOST_ENTRIES.toLocaleString('en')} files and folders; pack them into archives.`,
      );
    }
    entries.push(entry);
  }
  yield* packAll(web, path, entries);
}

/** The same of one file, with its name. */
export function packFile(web: Web, path: string): AsyncIterable<Uint8Array> {
  const [, directory = '', name = ''] = /^(?:(.*)\/)?([^/]+)$/s.exec(path) ?? [];
  return packAll(web, directory, [{ name, kind: 'file' }]);
}

/** Names are paths below `top`. */
async function* walk(web: Web, top: string, below: string, depth: number): AsyncIterable<IndexEntry> {
  const path = below === '' ? top : join(top, below);
  if (depth > DEEPEST) {
    throw new KnownError(
      'BAD_INPUT',
      `“${path}” lies more than ${DEEPEST} folders deep; does a link on the server lead back to where it is?`,
    );
  }
  const entries = await kindsOf(web, path, await patiently(web, () => indexOf(web, path)));
  for (const { name, kind } of [...entries].sort(directoriesFirst)) {
    const at = join(below, name);
    yield { name: at, kind };
    if (kind === 'directory') yield* walk(web, top, at, depth + 1);
  }
}

/** Some index pages show folders without a slash. */
async function kindsOf(web: Web, path: string, entries: readonly IndexEntry[]): Promise<readonly IndexEntry[]> {
  const directories = new Set<string>();
  const unsure = entries.filter(({ name, kind }) => kind === 'file' && !hasExtension(name));
  await Crew.each(unsure, async ({ name }) => {
    if ((await patiently(web, () => look(web, join(path, name)))) === 'directory') directories.add(name);
  });
  return entries.map(({ name, kind }) => ({ name, kind: directories.has(name) ? 'directory' : kind }));
}

async function* packAll(web: Web, top: string, entries: readonly IndexEntry[]): AsyncIterable<Uint8Array> {
  const archive = pack();
  const fill = async () => {
    for (const { name, kind } of entries) {
      if (kind === 'directory') archive.entry({ name: `${name}/`, type: 'directory' });
      else await add(join(top, name), name);
    }
    archive.finalize();
  };
  const add = async (path: string, name: string) => {
    const { size, modifiedAt, bytes } = await contentsOf(web, path);
    const mtime = modifiedAt === null ? null : new Date(modifiedAt);
    const known = mtime !== null && mtime.getTime() >= 0 && mtime.getTime() < LATEST;
    const entry = archive.entry({ name, size, ...(known && { mtime }) });
    await pipeline(Readable.from(bytes, { objectMode: false }), entry);
  };
  fill().catch((error) => archive.destroy(error));
  yield* archive as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
}
