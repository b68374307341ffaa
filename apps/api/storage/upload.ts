import type { Asker } from '@kiln/db/asks';
import { KnownError, type Upload } from '@kiln/domain';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { namesIn } from '../files.ts';

/** The most bytes of a piece. */
export const LONGEST_PIECE = 4 * 1024 * 1024;

/** A worker that reaches its machine anew takes its time; milliseconds. */
const PIECE_LIMIT = 35_000;
/** The checksum of all of it is taken where it lies. */
const END_LIMIT = 250_000;

const whole = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const wanted = z.object({
  size: whole,
  modified: whole,
  end: z.string().optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
const piece = wanted.extend({ offset: whole });

/** Asks how much of a file is there, before pieces are sent, or with `end`, after them, has it put in its place. */
export async function steerUpload(asker: Asker, storage: string, request: Request, response: Response): Promise<void> {
  const { end, sha256 = null, ...rest } = parsed(wanted, request.query);
  const upload = uploadOf(request, rest);
  if (end !== undefined) {
    await asker.ask<'end-upload'>({ kind: 'end-upload', storage, upload, sha256 }, { timeout: END_LIMIT });
    response.json({ there: true, offset: upload.size });
  } else {
    response.json((await asker.ask<'begin-upload'>({ kind: 'begin-upload', storage, upload }, { timeout: PIECE_LIMIT })).answer);
  }
}

/** Takes a piece of a file and tells how much of it is there now: less than was sent if it does not go on from what is there. */
export async function takePiece(asker: Asker, storage: string, request: Request, response: Response): Promise<void> {
  const { offset, ...rest } = parsed(piece, request.query);
  const upload = uploadOf(request, rest);
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body) || body.length === 0) throw new KnownError('BAD_INPUT', 'A piece of a file has at least one byte.');
  if (offset + body.length > upload.size)
    throw new KnownError('BAD_INPUT', `This piece reaches past the ${upload.size} bytes of the file.`);
  const question = { kind: 'add-to-upload', storage, upload, offset } as const;
  response.json((await asker.ask<'add-to-upload'>(question, { timeout: PIECE_LIMIT, body })).answer);
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
    'An upload tells `size` in bytes, `modified` in seconds since 1970, for a piece its `offset`, and at its `end` the `sha256` if it is known.',
  );
}
