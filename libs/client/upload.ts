import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Backoff } from './backoff.ts';
import { KilnError } from './errors.ts';
import { refusal } from './files.ts';
import { type Connection, reach } from './request.ts';
import { field } from './wire.ts';

export interface UploadOptions {
  /** How long a lost connection is tried again, in milliseconds. */
  readonly patience?: number | undefined;
  /** Called as bytes have come. */
  readonly progress?: (bytes: number, size: number) => void;
}

export interface Uploaded {
  /** Bytes. */
  readonly size: number;
  /** False if the file was there already. */
  readonly sent: boolean;
}

/** Bytes; what the server takes at once. */
const PIECE = 4 * 1024 * 1024;

/** @throws KilnError, `CONFLICT` if the file changes meanwhile */
export async function uploadFile(
  connection: Connection,
  path: string,
  storage: string,
  target: string,
  { patience, progress }: UploadOptions,
): Promise<Uploaded> {
  const file = await open(path);
  try {
    const { size, mtimeMs } = await file.stat();
    const modified = Math.floor(mtimeMs / 1000);
    const upload: Upload = { connection, address: addressOf(storage, target, size, modified), target, patience };
    const { there, offset: come } = await steer(upload, '');
    if (there) return { size, sent: false };
    const sum = createHash('sha256');
    let summed = 0;
    for (let offset = come; offset < size; ) {
      progress?.(offset, size);
      summed = await sumTo(file, sum, summed, offset, path);
      const bytes = await read(file, offset, Math.min(PIECE, size - offset), path);
      offset = await send(upload, offset, bytes);
    }
    await sumTo(file, sum, summed, size, path);
    const { size: now, mtimeMs: changedAt } = await file.stat();
    if (now !== size || changedAt !== mtimeMs) throw changed(path);
    await steer(upload, `&end&sha256=${sum.digest('hex')}`);
    progress?.(size, size);
    return { size, sent: true };
  } finally {
    await file.close();
  }
}

/** As `fetch` takes them. */
type Bytes = Uint8Array<ArrayBuffer>;

interface Upload {
  readonly connection: Connection;
  readonly address: string;
  readonly target: string;
  readonly patience: number | undefined;
}

function addressOf(storage: string, target: string, size: number, modified: number): string {
  const names = [storage, ...target.split('/')].map(encodeURIComponent).join('/');
  return `/files/storages/${names}?size=${size}&modified=${modified}`;
}

/** The checksum goes on to `end`; never backwards, for what was sent twice counts once. */
async function sumTo(file: FileHandle, sum: Hash, from: number, end: number, path: string): Promise<number> {
  let at = from;
  while (at < end) {
    const bytes = await read(file, at, Math.min(PIECE, end - at), path);
    sum.update(bytes);
    at += bytes.length;
  }
  return at;
}

async function read(file: FileHandle, offset: number, length: number, path: string): Promise<Bytes> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
  if (bytesRead === 0) throw changed(path);
  return buffer.subarray(0, bytesRead);
}

async function steer(upload: Upload, more: string): Promise<{ there: boolean; offset: number }> {
  const answer = await call(upload, `${upload.address}${more}`, { method: 'POST' });
  return { there: field(answer, 'there') === true, offset: offsetIn(upload, answer) };
}

/** Resolves with how much is there now, which is less after somebody else's hand in it: what is missing is sent anew. */
async function send(upload: Upload, offset: number, bytes: Bytes): Promise<number> {
  return offsetIn(upload, await call(upload, `${upload.address}&offset=${offset}`, { method: 'PUT', body: bytes }));
}

/** Each call may be made again, and is until patience ends. */
async function call({ connection, target, patience }: Upload, address: string, init: RequestInit): Promise<unknown> {
  const backoff = new Backoff(patience);
  for (;;) {
    try {
      const response = await reach(connection, address, init);
      if (response.ok) return await response.json();
      throw await refusal({ path: target }, response);
    } catch (error) {
      if (!(error instanceof KilnError) || (error.code !== 'UNREACHABLE' && error.code !== 'NO_WORKER')) throw error;
      await backoff.wait(error, connection.signal);
    }
  }
}

function offsetIn({ target }: Upload, answer: unknown): number {
  const offset = field(answer, 'offset');
  if (typeof offset === 'number') return offset;
  throw new KilnError('UNREACHABLE', `What answered the upload of ${target} is not Kiln.`);
}

function changed(path: string): KilnError {
  return new KilnError('CONFLICT', `${path} changed while it was uploaded: upload it again.`);
}
