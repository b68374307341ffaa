import { createHash } from 'node:crypto';
import { type FileEntry, KnownError } from '@kiln/domain';
import type { Request, Response } from 'express';
import { fileHeaders } from './file-headers.ts';
import type { FileSource } from './file-source.ts';
import { isName } from './output/output-path.ts';
import { sendTree } from './send-tree.ts';

const CHUNK = 1024 * 1024;

/** Sends a file, or the range of it that was asked for; with `tar`, all that is in a directory. */
export async function sendFile(source: FileSource, request: Request, response: Response): Promise<void> {
  const names = namesIn(request);
  const path = names.join('/');
  if (request.query['tar'] !== undefined) return sendTree(source, path, request, response);
  const entry = await source.stat(path);
  if (entry.kind !== 'file') throw new KnownError('BAD_INPUT', `${path || source.name} is a directory; ask for its files, or add ?tar.`);

  const etag = `"${createHash('sha256').update(`${entry.size} ${entry.modifiedAt}`).digest('base64url').slice(0, 22)}"`;
  response.set({
    ...fileHeaders(names.at(-1) ?? '', request.query['download'] !== undefined),
    ETag: etag,
    ...(entry.modifiedAt !== null && { 'Last-Modified': new Date(entry.modifiedAt).toUTCString() }),
  });
  if (request.headers['if-none-match']?.includes(etag)) {
    response.status(304).end();
    return;
  }
  const range = wantedRange(request, entry, etag);
  if (range === 'unsatisfiable') {
    response.status(416).set('Content-Range', `bytes */${entry.size}`).end();
    return;
  }
  if (range) response.status(206).set('Content-Range', `bytes ${range.start}-${range.end - 1}/${entry.size}`);
  const { start, end } = range ?? { start: 0, end: entry.size };
  response.set('Content-Length', String(end - start));
  if (request.method === 'HEAD') response.end();
  else await pour(source, { path, start, end }, response);
}

/** The names that a path is made of; none is the directory above all. @throws KnownError BAD_INPUT */
export function namesIn({ params }: Request): readonly string[] {
  const names = params['path'] ?? [];
  if (Array.isArray(names) && names.every(isName) && names.join('/').length <= 4096) return names;
  throw new KnownError('BAD_INPUT', 'This is not the path of a file: it is relative, and has no empty, `.` or `..` part.');
}

interface Range {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/** RFC 9110, section 14: one range is served; several at once, or one of another version of the file, get the whole. */
function wantedRange(request: Request, { size }: FileEntry, etag: string): Range | 'unsatisfiable' | null {
  const condition = request.headers['if-range'];
  if (condition !== undefined && condition !== etag) return null;
  const found = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range?.trim() ?? '');
  if (!found || (found[1] === '' && found[2] === '')) return null;
  const [first, last] = [found[1] ?? '', found[2] ?? ''];
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  if (first !== '' && last !== '' && Number(last) < Number(first)) return null;
  return start >= size || start >= end ? 'unsatisfiable' : { start, end };
}

/** Piece by piece, each after the one before is on its way: a large file never stands in memory. */
async function pour(source: FileSource, { path, ...file }: Range & { path: string }, response: Response): Promise<void> {
  for (let offset = file.start; offset < file.end && !response.destroyed; ) {
    const length = Math.min(CHUNK, file.end - offset);
    const body = await source.read(path, offset, length);
    if (!body || body.length === 0) throw new KnownError('CONFLICT', `${path} became shorter while it was read.`);
    offset += body.length;
    if (!response.write(body)) await drained(response);
  }
  response.end();
}

function drained(response: Response): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
