import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { type Bucket, KnownError } from '@kiln/domain';
import { sdk } from './client.ts';
import { isMissing, isPastEnd, s3Trouble } from './trouble.ts';

/** An object, by its path below a root. One that ends with a slash marks a directory that would else not be there. */
export interface StoredObject {
  readonly path: string;
  readonly size: number;
  /** ISO 8601. */
  readonly modifiedAt: string | null;
}

/** What is told of one object alone. */
export interface FoundObject extends StoredObject {
  /** When the file was written last from which it was uploaded; seconds since 1970, null if nobody said so. */
  readonly written: number | null;
}

/** The most bytes of a key. */
const LONGEST_KEY = 1024;

/** The objects of a bucket whose keys begin with `root` and a slash (all of them, if it is blank). Paths are relative to it. */
export class Objects {
  constructor(
    private readonly client: () => Promise<S3Client>,
    readonly bucket: Bucket,
    private readonly root: string,
    private readonly signal: AbortSignal,
    /** Bytes; 5 GiB for S3. */
    private readonly mostCopied = 5 * 1024 ** 3,
  ) {
    setMaxListeners(0, signal); // as many as there are requests at once
  }

  /** For people. */
  name(path: string): string {
    return `s3://${[this.bucket.name, this.root, path].filter(Boolean).join('/')}`;
  }

  /** Null if there is none. */
  async head(path: string): Promise<FoundObject | null> {
    if (path === '' || !this.fits(path)) return null;
    const { HeadObjectCommand } = await sdk();
    try {
      const {
        ContentLength = 0,
        LastModified,
        Metadata,
      } = await this.send((client, options) => client.send(new HeadObjectCommand(this.at(path)), options));
      return { path, size: ContentLength, modifiedAt: LastModified?.toISOString() ?? null, written: writtenIn(Metadata) };
    } catch (error) {
      if (isMissing(error)) return null;
      throw this.trouble(error, `${this.name(path)} could not be read`);
    }
  }

  /** From `offset`, or all of it; null if there is none. */
  async get(path: string, range?: { readonly offset: number; readonly length: number }): Promise<Contents | null> {
    if (path === '' || !this.fits(path)) return null;
    const { GetObjectCommand } = await sdk();
    const part = range && { Range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
    try {
      const {
        Body,
        ContentLength = 0,
        Metadata,
      } = await this.send((client, options) => client.send(new GetObjectCommand({ ...this.at(path), ...part }), options));
      if (!(Body instanceof Readable)) throw new Error('The service sent no body.');
      return { body: Body, size: ContentLength, mode: modeIn(Metadata) };
    } catch (error) {
      if (isMissing(error)) return null;
      if (isPastEnd(error)) return { body: Readable.from([]), size: 0, mode: null };
      throw this.trouble(error, `${this.name(path)} could not be read`);
    }
  }

  async put(path: string, body: Uint8Array, metadata: Metadata = {}): Promise<void> {
    const { PutObjectCommand } = await sdk();
    await this.write(path, (client, options) => client.send(new PutObjectCommand({ ...this.at(path), Body: body, ...metadata }), options));
  }

  /** In parts, of which few are in memory at once. It is there once all of it is. */
  async putStream(path: string, body: Readable, size: number, mode: number | null): Promise<void> {
    const { Upload } = await import('@aws-sdk/lib-storage');
    const partSize = Math.max(LEAST_PART, Math.ceil(size / MOST_PARTS));
    await this.write(path, async (client) => {
      const params = { ...this.at(path), Body: body, ...metadataOf(mode) };
      const upload = new Upload({ client, params, partSize, queueSize: 4 });
      const abort = () => void upload.abort();
      this.signal.addEventListener('abort', abort);
      await upload.done().finally(() => this.signal.removeEventListener('abort', abort));
    });
  }

  /** Within the service, unless it is larger than what services copy at once. */
  async copy(from: StoredObject, to: string): Promise<void> {
    const found = from.size > this.mostCopied ? await this.get(from.path) : null;
    if (found) return this.putStream(to, found.body, found.size, found.mode);
    const { CopyObjectCommand } = await sdk();
    const { Bucket, Key } = this.at(from.path);
    const CopySource = `${Bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`;
    await this.write(to, (client, options) => client.send(new CopyObjectCommand({ ...this.at(to), CopySource }), options));
  }

  async remove(path: string): Promise<void> {
    const { DeleteObjectCommand } = await sdk();
    await this.send((client, options) => client.send(new DeleteObjectCommand(this.at(path)), options)).catch((error) => {
      throw this.trouble(error, `${this.name(path)} could not be removed`);
    });
  }

  /** Those whose paths begin with `start`, with the directories in which there are more if `shallow`. */
  async *list(start: string, shallow = false, most = 1000): AsyncIterable<StoredObject | { readonly directory: string }> {
    const { ListObjectsV2Command } = await sdk();
    const prefix = this.key(start);
    if (Buffer.byteLength(prefix) > LONGEST_KEY) return;
    const before = this.root === '' ? 0 : this.root.length + 1;
    let token: string | undefined;
    do {
      const input = { Bucket: this.bucket.name, Prefix: prefix, MaxKeys: most, ...(shallow && { Delimiter: '/' }) };
      const page = await this.send((client, options) =>
        client.send(new ListObjectsV2Command({ ...input, ...(token !== undefined && { ContinuationToken: token }) }), options),
      ).catch((error) => {
        throw this.trouble(error, `${this.name(start)} could not be read`);
      });
      for (const { Prefix = '' } of page.CommonPrefixes ?? []) yield { directory: Prefix.slice(before, -1) };
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? [])
        yield { path: Key.slice(before), size: Size, modifiedAt: LastModified?.toISOString() ?? null };
      token = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
  }

  /** All that is in the directory `path`, at any depth, with its own mark. */
  async inside(path: string): Promise<StoredObject[]> {
    const all: StoredObject[] = [];
    for await (const one of this.list(path === '' ? '' : `${path}/`)) if ('path' in one) all.push(one);
    return all;
  }

  trouble(error: unknown, what: string): KnownError {
    return s3Trouble(error, what, this.bucket);
  }

  private fits(path: string): boolean {
    return Buffer.byteLength(this.key(path)) <= LONGEST_KEY;
  }

  private key(path: string): string {
    return this.root === '' ? path : `${this.root}/${path}`;
  }

  at(path: string) {
    return { Bucket: this.bucket.name, Key: this.key(path) };
  }

  /** @throws KnownError that says that `path` could not be written */
  async write<T>(path: string, work: Sending<T>): Promise<T> {
    if (!this.fits(path)) {
      const start = this.name(path).slice(0, 100);
      throw new KnownError('STORAGE_UNWRITABLE', `${start}… is longer than the ${LONGEST_KEY} bytes that a key may have.`);
    }
    return this.send(work).catch((error) => {
      throw this.trouble(error, `${this.name(path)} could not be written`);
    });
  }

  private async send<T>(work: Sending<T>): Promise<T> {
    this.signal.throwIfAborted();
    try {
      return await work(await this.client(), { abortSignal: this.signal });
    } catch (error) {
      this.signal.throwIfAborted();
      throw error;
    }
  }
}

type Sending<T> = (client: S3Client, options: { readonly abortSignal: AbortSignal }) => Promise<T>;

export interface Contents {
  readonly body: Readable;
  readonly size: number;
  readonly mode: number | null;
}

const LEAST_PART = 8 * 1024 * 1024;
/** S3 takes 10,000. */
const MOST_PARTS = 9000;

/** What is kept beside an object. */
export interface Metadata {
  readonly Metadata?: Record<string, string>;
}

/** Permissions, as programs that are outputs may run again. */
export function metadataOf(mode: number | null): Metadata {
  return mode === null ? {} : { Metadata: { mode: mode.toString(8) } };
}

/** When the original was written last, under the name that other programs know. */
export function writtenAt(seconds: number): Metadata {
  return { Metadata: { mtime: String(seconds) } };
}

function writtenIn(metadata: Metadata['Metadata']): number | null {
  const text = metadata?.['mtime'] ?? '';
  return /^\d{1,15}(\.\d*)?$/.test(text) ? Math.floor(Number(text)) : null;
}

function modeIn(metadata: Readonly<Record<string, string>> | undefined): number | null {
  const text = metadata?.['mode'] ?? '';
  return /^[0-7]{1,4}$/.test(text) ? Number.parseInt(text, 8) : null;
}
