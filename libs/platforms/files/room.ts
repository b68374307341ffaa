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

/** The same of the nearest directory that exists, without making one, and with room for so many bytes. */
export async function probe(directory: string, bytes = 0): Promise<void> {
  try {
    const found = await nearest(directory);
    if (!(await stat(found)).isDirectory()) throw new Error(`ENOTDIR: ${found}`);
    await access(found, constants.W_OK);
    await needRoom(found, bytes);
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

async function needRoom(directory: string, bytes = 0): Promise<void> {
  const { blocks, bavail, bsize } = await statfs(directory);
  if (blocks === 0) return; // nobody can tell: some file systems tell 0 in all, and take files
  const free = bavail * bsize;
  if (free < LEAST_FREE_BYTES + bytes) throw noRoom(`Results cannot be written to ${directory}`, LEAST_FREE_BYTES + bytes, free);
}

/** What could not be done, for want of room: `needed` and `free` are bytes. */
export function noRoom(what: string, needed: number, free: number): KnownError {
  const advice = `${inWords(needed)} are needed and only ${inWords(free)} are free; make room and Kiln goes on by itself`;
  return new KnownError('DISK_FULL', `${what}: ${advice}.`, { retryable: true });
}

function inWords(bytes: number): string {
  const units = ['KB', 'MB', 'GB', 'TB'];
  let amount = Math.max(0, bytes) / 1024;
  let unit = 0;
  for (; amount >= 10_000 && unit < units.length - 1; unit += 1) amount /= 1024;
  return `${Math.floor(amount)} ${units[unit]}`;
}
