import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, normalize, relative } from 'node:path';
import { KnownError } from '@kiln/domain';
import { isNodeError, toKnownError } from '../trouble.ts';

/** A directory of this machine that relative paths do not leave: `plain` in `directory`, and nothing is there if a link stands on that way. */
export class Root {
  constructor(
    readonly directory: string,
    private readonly plain = '',
  ) {}

  /** @throws KnownError BAD_INPUT */
  place(path: string): string {
    return join(this.directory, this.plain, safe(path));
  }

  /** Where a path really lies; a symbolic link that leads out of the root is as good as no file. */
  async existing(path: string): Promise<string> {
    const real = await realpath(this.place(path)).catch((error) => notFound(error, path));
    const inside = relative(join(await realpath(this.directory), this.plain), real);
    if (inside === '..' || inside.startsWith('../')) throw new KnownError('NOT_FOUND', `There is no file “${path}”.`);
    return real;
  }

  /** Where a regular file really lies: reading anything else may wait for ever. @throws KnownError BAD_INPUT */
  async file(path: string): Promise<string> {
    const real = await this.existing(path);
    if ((await lstat(real).catch((error) => notFound(error, path))).isFile()) return real;
    throw new KnownError('BAD_INPUT', `“${path}” is no regular file.`);
  }

  /** As `existing`; null if there is nothing. */
  async existingOrNull(path: string): Promise<string | null> {
    return this.existing(path).catch(orNull);
  }

  /**
   * Where something lies that is made or removed as a whole: a link at its end is not followed, one on the way there may not lead out of
   * the root. Null if there is no such way.
   */
  async inside(path: string): Promise<string | null> {
    const clean = relativePath(path);
    const parent = await this.existingOrNull(dirname(clean));
    return parent && join(parent, basename(clean));
  }
}

/** Chiminey's rule for relative paths: nothing absolute, nothing that climbs. */
export function safe(path: string): string {
  if (path.includes('\0') || path.startsWith('/') || path.split('/').includes('..')) {
    throw new KnownError('BAD_INPUT', `“${path.replaceAll('\0', '␀')}” is no relative path below the storage's root.`);
  }
  return path;
}

/** The same in its shortest form; `.` is the root itself. */
export function shortest(path: string): string {
  return normalize(safe(path)).replace(/(?<=.)\/$/, '');
}

/** The same, and not the root itself. */
export function relativePath(path: string): string {
  const clean = shortest(path);
  if (clean === '.') throw new KnownError('BAD_INPUT', 'The root of a storage is not replaced or removed.');
  return clean;
}

export function notFound(error: unknown, path: string): never {
  if (isNodeError(error, 'ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ENXIO'))
    throw new KnownError('NOT_FOUND', `There is no file “${path}”.`);
  throw toKnownError(error, `${path} could not be read`);
}

/** What is not there is passed over. */
function orNull(error: unknown): null {
  if (error instanceof KnownError && error.code === 'NOT_FOUND') return null;
  throw error;
}
