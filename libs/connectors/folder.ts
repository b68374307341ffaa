import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { dirname } from 'node:path/posix';
import { KnownError } from '@kiln/domain';

/** A file or directory of a connector's folder; `path` is relative, with `/` between names. */
export interface Entry {
  readonly path: string;
  /** Null for a directory. */
  readonly content: Buffer | null;
  readonly executable: boolean;
}

/** Most bytes that the files of a connector may have together: they are kept in the database with every version. */
export const MAX_FOLDER_BYTES = 64 * 1024 * 1024;
const MAX_ENTRIES = 20_000;

/**
 * Everything in a folder, sorted by path. Links are followed as long as they stay inside. `.git`, `node_modules` and backups of
 * editors are left out. @throws KnownError CONNECTOR_BROKEN
 */
export async function readFolder(folder: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const { path, file, directory, executable } of await walk(folder)) {
    entries.push({ path, executable, content: directory ? null : await readable(folder, path, () => readFile(file)) });
  }
  return entries;
}

/** Changes whenever something in the folder changes, and costs no reading of files. */
export async function fingerprint(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const { path, state } of await walk(folder)) hash.update(`${path}\0${state}\0`);
  return hash.digest('hex');
}

/** SHA-256 in hex over paths, modes and contents: the version of a connector. */
export function contentHash(entries: readonly Entry[]): string {
  const hash = createHash('sha256');
  for (const { path, content, executable } of entries) {
    hash.update(`${path}\0${content ? (executable ? 'x' : 'f') : 'd'}\0${content?.length ?? 0}\0`);
    if (content) hash.update(content);
  }
  return hash.digest('hex');
}

/** The entries with these files, in place of those that have the same paths, and with every folder that one of them is in. */
export function withFiles(entries: readonly Entry[], files: readonly Entry[]): readonly Entry[] {
  const all = new Map([...entries, ...files].map((entry) => [entry.path, entry]));
  for (const file of [...all.keys()]) {
    for (let path = dirname(file); path !== '.' && !all.has(path); path = dirname(path)) {
      all.set(path, { path, content: null, executable: false });
    }
  }
  return [...all.values()].sort(byPath);
}

function byPath(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

interface Found {
  readonly path: string;
  readonly file: string;
  readonly directory: boolean;
  readonly executable: boolean;
  /** Modification, size and mode. */
  readonly state: string;
}

async function walk(folder: string): Promise<Found[]> {
  const root = await readable(folder, '', () => realpath(folder));
  const found: Found[] = [];
  let bytes = 0n;
  const visit = async (directory: string, prefix: string, above: readonly string[]): Promise<void> => {
    for (const name of await readable(folder, prefix, () => readdir(directory))) {
      if (isLeftOut(name)) continue;
      const path = `${prefix}${name}`;
      const { real, stats } = await look(folder, root, join(directory, name), path);
      if (!stats.isFile() && !stats.isDirectory()) throw unfit(folder, `${path} is neither a file nor a folder; remove it.`);
      const state = `${stats.ino} ${stats.mtimeNs} ${stats.ctimeNs} ${stats.size} ${stats.mode}`;
      const executable = stats.isFile() && (stats.mode & 0o100n) !== 0n;
      found.push({ path, file: real, directory: stats.isDirectory(), executable, state: stats.isFile() ? state : 'd' });
      if (found.length > MAX_ENTRIES) throw unfit(folder, `it holds more than ${MAX_ENTRIES.toLocaleString('en')} files; ${ELSEWHERE}`);
      if (stats.isFile()) bytes += stats.size;
      if (bytes > MAX_FOLDER_BYTES) throw unfit(folder, `its files are larger than 64 MiB together; ${ELSEWHERE}`);
      if (!stats.isDirectory()) continue;
      if (above.includes(real)) throw unfit(folder, `${path} is a link to a folder that contains it; remove it.`);
      await visit(real, `${path}/`, [...above, real]);
    }
  };
  await visit(root, '', [root]);
  return found.sort(byPath);
}

const ELSEWHERE = 'larger data belongs in an input location.';

async function look(folder: string, root: string, file: string, path: string) {
  const real = await readable(folder, path, () => realpath(file));
  if (real !== root && !real.startsWith(root + sep))
    throw unfit(folder, `${path} is a link that leaves the folder; copy what it points to.`);
  const inside = real.slice(root.length + 1).split(sep);
  if (inside.some(isLeftOut)) throw unfit(folder, `${path} is a link to ${inside.join('/')}, which is left out; copy what it points to.`);
  return { real, stats: await readable(folder, path, () => stat(real, { bigint: true })) };
}

function isLeftOut(name: string): boolean {
  return ['.git', 'node_modules', '.DS_Store'].includes(name) || /~$|^\.#|^#.*#$|^\..*\.sw[a-z]$|^4913$/.test(name);
}

async function readable<T>(folder: string, path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reason = REASONS[code];
    if (reason === undefined) throw error;
    throw unfit(folder, `${path === '' ? 'the folder' : path} ${reason}.`, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'cannot be found, or is a link to nothing',
  ENOTDIR: 'is not a folder',
  EACCES: 'may not be read by Kiln',
  EPERM: 'may not be read by Kiln',
  ELOOP: 'is a link that leads back to itself',
  ENAMETOOLONG: 'has a name that is too long',
  EIO: 'cannot be read from its disk',
};

function unfit(folder: string, sentence: string, cause?: unknown): KnownError {
  return new KnownError('CONNECTOR_BROKEN', `${basename(folder)}: ${sentence}`, { cause });
}
