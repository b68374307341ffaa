import { basename } from 'node:path/posix';
import { type FileEntry, type FilePage, type FilesWanted, KnownError, type Storage } from '@kiln/domain';
import { Crew } from '../crew.ts';
import { directoriesFirst, pageOf } from '../entries.ts';
import { shortest } from '../root.ts';
import { indexOf, look, NoIndex, needFile, rangeOf, sizeOf } from './files.ts';
import type { IndexEntry } from './index-page.ts';
import { nothingAt } from './trouble.ts';
import type { Web, WebAnswer } from './web.ts';

/** What is read in vain, for a part of a file, where a server gives no parts. */
const MOST_SKIPPED = 32 * 1024 * 1024;

/** What is asked of a storage that is a web server. Index pages tell names alone: each file is asked for its size. */
export function reading(web: Web): Required<Pick<Storage, 'size' | 'list' | 'page' | 'stat' | 'read'>> {
  return {
    async size(paths) {
      let bytes = 0;
      for (const path of paths.map(pathOf).filter((place) => place !== '')) {
        const found = await look(web, path);
        if (found && found !== 'directory') bytes += found.size;
      }
      return bytes;
    },
    list: async (path) => described(web, pathOf(path), await entriesIn(web, pathOf(path))),
    page: (path, wanted) => pageIn(web, pathOf(path), wanted),

    async stat(path) {
      const place = pathOf(path);
      const found = place === '' ? 'directory' : await look(web, place);
      if (!found) throw nothingAt(path);
      return entryOf(basename(place), found);
    },

    async read(path, offset, length) {
      const place = pathOf(path);
      if (place === '') throw new KnownError('BAD_INPUT', `“${path}” is no regular file.`);
      const range = `bytes=${offset}-${offset + Math.max(1, length) - 1}`;
      const answer = await web.ask(place, { headers: { range } });
      try {
        return await part(web, place, answer, offset, Math.max(0, length));
      } finally {
        answer.drop();
      }
    },
  };
}

/** Of the root, nothing. */
export function pathOf(path: string): string {
  const clean = shortest(path);
  return clean === '.' ? '' : clean;
}

async function entriesIn(web: Web, path: string): Promise<readonly IndexEntry[]> {
  return [...(await indexOf(web, path))].sort(directoriesFirst);
}

async function pageIn(web: Web, path: string, { search, first, after }: FilesWanted): Promise<FilePage> {
  const all = await entriesIn(web, path).catch((error) => named(web, path, search, error));
  for (let before = after; ; ) {
    const { entries, total, more } = pageOf(all, { search, first, after: before });
    const shown = await described(web, path, entries);
    before = entries.at(-1) ?? null;
    if (shown.length > 0 || !more) return { entries: shown, total, more };
  }
}

/** Where no index page tells what there is, a file is found by its whole name. */
async function named(web: Web, path: string, name: string, error: unknown): Promise<readonly IndexEntry[]> {
  if (!(error instanceof NoIndex) || name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) throw error;
  const found = await look(web, join(path, name));
  if (!found) throw error;
  return [{ name, kind: found === 'directory' ? 'directory' : found.kind }];
}

/** Without what an index page shows and the server does not give. */
async function described(web: Web, path: string, entries: readonly IndexEntry[]): Promise<FileEntry[]> {
  const found = new Map<string, FileEntry>();
  await Crew.each(entries, async ({ name, kind }) => {
    const known = kind === 'directory' ? 'directory' : await look(web, join(path, name)).catch(orNull);
    if (known) found.set(name, entryOf(name, known));
  });
  return [...found.values()].sort(directoriesFirst);
}

function orNull(error: unknown): null {
  if (error instanceof KnownError && !error.retryable) return null;
  throw error;
}

function entryOf(name: string, found: NonNullable<Awaited<ReturnType<typeof look>>>): FileEntry {
  return found === 'directory' ? { name, kind: 'directory', size: 0, modifiedAt: null } : { name, ...found };
}

/** What of an answer is from `offset` on. @throws KnownError if not all of that came */
async function part(web: Web, path: string, answer: WebAnswer, offset: number, length: number): Promise<Uint8Array> {
  if (answer.status === 416) return new Uint8Array();
  needFile(answer, path);
  const range = answer.status === 206 ? rangeOf(answer) : null;
  if (answer.status === 206 && range?.start !== offset) throw web.trouble(new Error(`another part of “${path}” came than was asked for`));
  const skipped = range ? 0 : offset;
  if (skipped > MOST_SKIPPED) {
    const message = `The server gives no parts of files, so Kiln shows only the first 32 MiB of “${path}”: fetch it from ${web.address(path).href}, or name it as the input of a job.`;
    throw new KnownError('BAD_INPUT', message);
  }
  const bytes = await take(answer.body, skipped, length);
  const there = range ? range.end - offset : (sizeOf(answer) ?? Number.POSITIVE_INFINITY) - skipped;
  if (bytes.length < Math.min(length, Math.max(0, there))) throw web.trouble(new Error(`“${path}” came only in part`));
  return bytes;
}

async function take(body: AsyncIterable<Uint8Array>, skipped: number, length: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let passed = 0;
  for await (const piece of body) {
    if (passed + piece.length > skipped) pieces.push(piece.subarray(Math.max(0, skipped - passed), skipped + length - passed));
    passed += piece.length;
    if (passed >= skipped + length) break;
  }
  return Buffer.concat(pieces);
}

export function join(directory: string, name: string): string {
  return directory === '' ? name : `${directory}/${name}`;
}
