import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Backoff } from './backoff.ts';
import type { OutputEntry } from './documents.ts';
import { KilnError } from './errors.ts';
import { type Connection, reach, unreachable } from './request.ts';
import { field, toKilnError } from './wire.ts';

export interface Downloaded {
  /** Below the job's directory, as the server names it. */
  readonly path: string;
  /** On this machine. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** False if the same version of the file was there already. */
  readonly fetched: boolean;
}

/**
 * Brings one file of a job into `directory`. What an earlier, interrupted download of the same version left is continued;
 * a file that is there already with its size and time is not fetched again.
 * @throws KilnError, `BAD_INPUT` for a name that would leave the directory
 */
export async function downloadFile(connection: Connection, entry: OutputEntry, directory: string, patience?: number): Promise<Downloaded> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, safeName(entry.name));
  const done = { path: entry.path, file, size: entry.size };
  if (await isSame(file, entry)) return { ...done, fetched: false };
  const part = join(directory, partName(entry));
  const backoff = new Backoff(patience);
  for (;;) {
    const before = await sizeOf(part);
    if (before === entry.size && (before > 0 || (await exists(part)))) break;
    try {
      await append(connection, entry, part, before);
      if ((await sizeOf(part)) === entry.size) break;
      await rm(part, { force: true });
      throw changed(entry);
    } catch (error) {
      if (!(error instanceof KilnError) || (error.code !== 'UNREACHABLE' && error.code !== 'NO_WORKER')) throw error;
      if ((await sizeOf(part)) > before) backoff.reset();
      await backoff.wait(error, connection.signal);
    }
  }
  if (entry.modifiedAt !== null) await utimes(part, new Date(entry.modifiedAt), new Date(entry.modifiedAt));
  await rename(part, file);
  return { ...done, fetched: true };
}

/** The bytes of a file of a job, from byte `offset` on (from its end if negative), up to `end` (exclusive) if it is given. @throws KilnError */
export async function openFile(
  connection: Connection,
  entry: Pick<OutputEntry, 'path' | 'url'>,
  offset = 0,
  end?: number,
): Promise<Response> {
  if (entry.url === null) throw new KilnError('BAD_INPUT', `${entry.path} is a directory.`);
  const range = offset < 0 ? String(offset) : `${offset}-${end === undefined ? '' : end - 1}`;
  const response = await reach(connection, entry.url, range === '0-' ? {} : { headers: { range: `bytes=${range}` } });
  if (response.ok && response.body) return response;
  throw await refusal(entry, response);
}

/** The API says why, as in a GraphQL answer; what stands between may only have a status. */
export async function refusal(entry: Pick<OutputEntry, 'path'>, response: Response): Promise<KilnError> {
  const errors = field(await response.json().catch(() => undefined), 'errors');
  if (Array.isArray(errors) && errors.length > 0) return toKilnError(errors);
  if (response.status === 404) return new KilnError('NOT_FOUND', `${entry.path} is not there any more.`);
  if (response.status >= 500)
    return new KilnError('UNREACHABLE', `Kiln could not send ${entry.path} (HTTP ${response.status}); try again.`);
  return changed(entry);
}

/**
 * `name` if it can only be a file inside its directory. The server is not trusted with paths: neither a separator nor a
 * step upwards may reach the file system of the one who downloads.
 */
export function safeName(name: string): string {
  if (name === '' || name === '.' || name === '..' || (sep === '\\' ? /[/\\\0]/ : /[/\0]/).test(name)) {
    throw new KilnError(
      'BAD_INPUT',
      `The server named a file ${JSON.stringify(name)}, which cannot be stored safely: it was not downloaded.`,
    );
  }
  return name;
}

async function append(connection: Connection, entry: OutputEntry, part: string, offset: number): Promise<void> {
  if (entry.size === 0) return void (await pipeline(Readable.from([]), createWriteStream(part)));
  const end = entry.node === null ? undefined : entry.size; // a task at work may write on
  const response = await openFile(connection, entry, offset, end);
  const continues = offset > 0 && response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${offset}-`);
  const target = createWriteStream(part, { flags: continues ? 'a' : 'w' });
  let written: unknown;
  target.on('error', (error) => {
    written = error;
  });
  try {
    // fetch's stream and node:stream's are the same thing under two type definitions
    await pipeline(Readable.fromWeb(response.body as import('node:stream/web').ReadableStream), target);
  } catch (error) {
    connection.signal?.throwIfAborted();
    throw written ?? unreachable(connection, error);
  }
}

function changed(entry: Pick<OutputEntry, 'path'>): KilnError {
  return new KilnError('CONFLICT', `${entry.path} changed while it was downloaded: download it again.`);
}

/** Another version of the file has another name, so that the halves of two versions never become one file. */
function partName(entry: OutputEntry): string {
  const version = createHash('sha256')
    .update(JSON.stringify([entry.name, entry.size, entry.modifiedAt]))
    .digest('hex');
  return `.kiln-${version.slice(0, 20)}.part`;
}

async function isSame(file: string, entry: OutputEntry): Promise<boolean> {
  const found = await lookAt(file);
  if (found === undefined || entry.modifiedAt === null) return false;
  return found.size === entry.size && Math.abs(found.mtimeMs - Date.parse(entry.modifiedAt)) < 2;
}

async function exists(file: string): Promise<boolean> {
  return (await lookAt(file)) !== undefined;
}

async function sizeOf(file: string): Promise<number> {
  return (await lookAt(file))?.size ?? 0;
}

async function lookAt(file: string): Promise<{ size: number; mtimeMs: number } | undefined> {
  return stat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}
