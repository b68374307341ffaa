import { createHash } from 'node:crypto';
import type { Asker } from '@kiln/db/asks';
import { type FileEntry, KnownError } from '@kiln/domain';
import type { Request, Response } from 'express';
import { fileHeaders } from './file-headers.ts';
import { isName } from './output/output-path.ts';

const CHUNK = 1024 * 1024;

/** Sends a file of a job's outputs, or the range of it that was asked for. */
export async function sendFile(asker: Asker, jobId: number, request: Request, response: Response): Promise<void> {
  const names = request.params['path'];
  if (!Array.isArray(names) || !names.every(isName)) throw new KnownError('BAD_INPUT', 'This is not the path of an output file.');
  const path = names.join('/');
  const { answer: entry } = await asker.ask<'stat-output'>({ kind: 'stat-output', jobId, path });
  if (entry.kind !== 'file') throw new KnownError('BAD_INPUT', `${path} is a directory; ask for its files.`);

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
  else await pour(asker, { jobId, path, start, end }, response);
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
async function pour(asker: Asker, file: Range & { jobId: number; path: string }, response: Response): Promise<void> {
  const { jobId, path } = file;
  for (let offset = file.start; offset < file.end && !response.destroyed; ) {
    const length = Math.min(CHUNK, file.end - offset);
    const { body } = await asker.ask<'read-output'>({ kind: 'read-output', jobId, path, offset, length });
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
