import { access, constants, mkdir, stat, statfs, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KnownError } from '@kiln/domain';
import { isNodeError, toKnownError } from '../trouble.ts';

/** Results are not begun on a disk with less room than this. */
export const LEAST_FREE_BYTES = 32 * 1024 * 1024;

/** Makes a directory and shows that it can be written and has room. */
export async function prove(directory: string): Promise<void> {
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
export async function probe(directory: string): Promise<void> {
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

function full(directory: string, free: number): KnownError {
  const advice = `only ${Math.floor(free / 1024 / 1024)} MB are free; make room and Kiln goes on by itself`;
  return new KnownError('DISK_FULL', `Results cannot be written to ${directory}: ${advice}.`, { retryable: true });
}
