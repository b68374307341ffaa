import type { Asker } from '@kiln/db/asks';
import { KnownError, type Upload } from '@kiln/domain';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { namesIn } from '../files.ts';

/** The most bytes of a piece; only files that are very large have such. */
export const LONGEST_PIECE = 64 * 1024 * 1024;

/** A worker that reaches its machine anew takes its time; milliseconds. */
const PIECE_LIMIT = 35_000;
/** The slowest way on which pieces go; bytes a millisecond. */
const SLOWEST = 32;
/** A service takes its time to put the parts of a large file together; milliseconds. */
const END_LIMIT = 250_000;

const whole = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const checksum = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .optional();
const begun = z.strictObject({ size: whole, modified: whole });
/** Programs of an older Kiln tell the checksum of the whole file, which nobody needs. */
const ended = begun.extend({ end: z.string(), sums: checksum, sha256: checksum });
const piece = begun.extend({ offset: whole, sha256: checksum });

/** Asks how much of a file is there, before pieces are sent, or with `end`, after them, has it put in its place. */
export async function steerUpload(asker: Asker, storage: string, request: Request, response: Response): Promise<void> {
  if (request.query['end'] === undefined) {
    const upload = uploadOf(request, parsed(begun, request.query));
    response.json((await asker.ask<'begin-upload'>({ kind: 'begin-upload', storage, upload }, { timeout: PIECE_LIMIT })).answer);
  } else {
    const { sums = null, ...rest } = parsed(ended, request.query);
    const upload = uploadOf(request, rest);
    await asker.ask<'end-upload'>({ kind: 'end-upload', storage, upload, sums }, { timeout: END_LIMIT });
    response.json({ there: true, offset: upload.size });
  }
}

/** Takes a piece of a file and tells how much of it is there now: less than was sent if it does not go on from what is there. */
export async function takePiece(asker: Asker, storage: string, request: Request, response: Response): Promise<void> {
  const { offset, sha256 = null, ...rest } = parsed(piece, request.query);
  const upload = uploadOf(request, rest);
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body) || body.length === 0) throw new KnownError('BAD_INPUT', 'A piece of a file has at least one byte.');
  if (offset + body.length > upload.size)
    throw new KnownError('BAD_INPUT', `This piece reaches past the ${upload.size} bytes of the file.`);
  const question = { kind: 'add-to-upload', storage, upload, offset, sha256 } as const;
  const timeout = PIECE_LIMIT + body.length / SLOWEST;
  response.json((await asker.ask<'add-to-upload'>(question, { timeout, body })).answer);
}

function uploadOf(request: Request, { size, modified }: Pick<Upload, 'size' | 'modified'>): Upload {
  const names = namesIn(request);
  if (names.length === 0) throw new KnownError('BAD_INPUT', 'A file that is uploaded has a name.');
  return { path: names.join('/'), size, modified };
}

function parsed<T>(shape: z.ZodType<T>, query: unknown): T {
  const { success, data } = shape.safeParse(query);
  if (success) return data;
  throw new KnownError(
    'BAD_INPUT',
    'An upload tells `size` in bytes and `modified` in seconds since 1970, for a piece its `offset` and, if it is known, its `sha256`, and at its `end` the SHA-256 of these checksums, a line each, as `sums`.',
  );
}
