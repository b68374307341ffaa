import { access, constants, lstat, mkdir, open, readdir, realpath, rm, stat, statfs, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { type FileEntry, KnownError, type Storage } from '@kiln/domain';
import type { Shell } from '../shells/shell.ts';
import { isNodeError, toKnownError } from '../trouble.ts';
import { adopt } from './adopt.ts';

/** Results are not begun on a disk with less room than this. */
const LEAST_FREE_BYTES = 32 * 1024 * 1024;

/** A directory of this machine as a storage. `shell` runs tar and cp. */
export function localStorage(root: string, shell: Shell): Storage {
  const place = (path: string) => join(root, safe(path));

  async function command(argv: readonly string[], what: string, input?: AsyncIterable<Uint8Array>): Promise<void> {
    const options = { timeout: 24 * 3_600_000, ...(input ? { input } : {}) };
    const { code, stderr } = await shell.run(argv, options).catch((error) => {
      throw toKnownError(error, what);
    });
    if (code !== 0) throw toKnownError(new Error(stderr || `exit code ${code}`), what);
  }

  /** Where a path really lies; a symbolic link that leads out of the root is as good as no file. */
  async function existing(path: string): Promise<string> {
    const real = await realpath(place(path)).catch((error) => notFound(error, path));
    const inside = relative(await realpath(root), real);
    if (inside === '..' || inside.startsWith('../')) throw new KnownError('NOT_FOUND', `There is no file “${path}”.`);
    return real;
  }

  return {
    open: (path) => prove(place(path)),
    probe: (path) => probe(place(path)),

    async list(path) {
      const directory = await existing(path);
      const entries = await readdir(directory).catch((error) => notFound(error, path));
      const all = await Promise.all(entries.map((name) => entryOf(join(directory, name))));
      return all.filter((entry) => entry !== null).sort(directoriesFirst);
    },

    async stat(path) {
      const entry = await entryOf(await existing(path));
      if (!entry) throw new KnownError('NOT_FOUND', `There is no file “${path}”.`);
      return entry;
    },

    async read(path, offset, length) {
      const file = await open(await existing(path), 'r').catch((error) => notFound(error, path));
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

    async unpack(path, archive) {
      const what = `Results could not be written to ${place(path)}`;
      await mkdir(place(path), { recursive: true }).catch((error) => {
        throw toKnownError(error, what);
      });
      await command(['tar', '-xf', '-', '--no-same-owner', '-C', place(path)], what, archive);
    },

    adopt: (directory, directories, files) => adopt(directory, root, directories, files),

    /** Hard links where the file system has them: a copy costs no room. */
    async copy(from, to) {
      const what = `Results could not be copied to ${place(to)}`;
      await mkdir(place(from), { recursive: true }); // tasks may have left nothing at all
      await rm(place(to), { recursive: true, force: true });
      const linked = await command(['cp', '-al', place(from), place(to)], what).then(
        () => true,
        () => false,
      );
      if (linked) return;
      await rm(place(to), { recursive: true, force: true });
      await command(['cp', '-R', place(from), place(to)], what);
    },
  };
}

/** Makes a directory and shows that it can be written and has room. */
async function prove(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    const file = join(directory, `.kiln-probe-${process.pid}-${Date.now()}`);
    await writeFile(file, 'x');
    await unlink(file);
    await needRoom(directory);
  } catch (error) {
    throw toKnownError(error, `Results cannot be written to ${directory}`);
  }
}

/** The same of the nearest directory that exists, without making one. */
async function probe(directory: string): Promise<void> {
  try {
    const found = await nearest(directory);
    if (!(await stat(found)).isDirectory()) throw new Error(`ENOTDIR: ${found}`);
    await access(found, constants.W_OK);
    await needRoom(found);
  } catch (error) {
    throw toKnownError(error, `Results cannot be written to ${directory}`);
  }
}

async function nearest(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    (error) => !isNodeError(error, 'ENOENT'),
  );
  return exists || path === dirname(path) ? path : nearest(dirname(path));
}

async function needRoom(directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize < LEAST_FREE_BYTES) throw full(directory, bavail * bsize);
}

/** Chiminey's rule for relative paths: nothing absolute, nothing that climbs. */
function safe(path: string): string {
  if (path.includes('\0') || path.startsWith('/') || path.split('/').includes('..')) {
    throw new KnownError('BAD_INPUT', `“${path.replaceAll('\0', '␀')}” is no relative path below the storage's root.`);
  }
  return path;
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

function notFound(error: unknown, path: string): never {
  if (isNodeError(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG')) throw new KnownError('NOT_FOUND', `There is no file “${path}”.`);
  throw toKnownError(error, `${path} could not be read`);
}

function full(directory: string, free: number): KnownError {
  const advice = `only ${Math.floor(free / 1024 / 1024)} MB are free; make room and Kiln goes on by itself`;
  return new KnownError('DISK_FULL', `Results cannot be written to ${directory}: ${advice}.`, { retryable: true });
}
