import { createHash } from 'node:crypto';
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
    const { there, offset: come, piece } = await begin(upload);
    if (there) return { size, sent: false };
    const sums = new Sums(file, path, size, piece);
    for (let offset = come; offset < size; ) {
      progress?.(offset, size);
      await sums.reach(offset);
      const bytes = await read(file, offset, Math.min(piece, size - offset), path);
      offset = await send(upload, offset, bytes, sums.of(offset, bytes));
    }
    await sums.reach(size);
    const { size: now, mtimeMs: changedAt } = await file.stat();
    if (now !== size || changedAt !== mtimeMs) throw changed(path);
    await call(upload, `${upload.address}&end&sums=${sums.digest()}`, { method: 'POST' });
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

/** The checksum of the checksums of all pieces, a line each. It never goes backwards, for a piece that is sent twice counts once. */
class Sums {
  readonly #sum = createHash('sha256');
  #reached = 0;

  constructor(
    private readonly file: FileHandle,
    private readonly path: string,
    private readonly size: number,
    private readonly piece: number,
  ) {}

  /** Reads the pieces before `offset` that came earlier. */
  async reach(offset: number): Promise<void> {
    while (this.#reached < offset) {
      const length = Math.min(this.piece, this.size - this.#reached);
      this.of(this.#reached, await read(this.file, this.#reached, length, this.path));
    }
  }

  /** That of a piece. */
  of(offset: number, bytes: Bytes): string {
    const sum = createHash('sha256').update(bytes).digest('hex');
    if (offset !== this.#reached) return sum;
    this.#sum.update(`${sum}\n`);
    this.#reached += bytes.length;
    return sum;
  }

  digest(): string {
    return this.#sum.digest('hex');
  }
}

async function read(file: FileHandle, offset: number, length: number, path: string): Promise<Bytes> {
  const buffer = Buffer.alloc(length);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await file.read(buffer, at, length - at, offset + at);
    if (bytesRead === 0) throw changed(path);
    at += bytesRead;
  }
  return buffer;
}

async function begin(upload: Upload): Promise<{ there: boolean; offset: number; piece: number }> {
  const answer = await call(upload, upload.address, { method: 'POST' });
  return { there: field(answer, 'there') === true, offset: numberIn(upload, answer, 'offset'), piece: numberIn(upload, answer, 'piece') };
}

/** Resolves with how much is there now, which is less after somebody else's hand in it: what is missing is sent anew. */
async function send(upload: Upload, offset: number, bytes: Bytes, sha256: string): Promise<number> {
  const address = `${upload.address}&offset=${offset}&sha256=${sha256}`;
  return numberIn(upload, await call(upload, address, { method: 'PUT', body: bytes }), 'offset');
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

function numberIn({ target }: Upload, answer: unknown, name: 'offset' | 'piece'): number {
  const found = field(answer, name);
  if (typeof found === 'number') return found;
  throw new KilnError('UNREACHABLE', `What answered the upload of ${target} is not Kiln.`);
}

function changed(path: string): KilnError {
  return new KilnError('CONFLICT', `${path} changed while it was uploaded: upload it again.`);
}
