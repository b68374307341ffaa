import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What s3rver 3.7.1 throws; its types do not tell of it. */
const S3Error = createRequire(import.meta.url)('s3rver/lib/models/error') as new (code: string, message: string) => Error;

const LEAST_PART = 5 * 1024 * 1024;
/** A service may tell of few at once. */
const PAGE = 2;

interface Named {
  readonly number: number;
  readonly etag: string;
}

/** As much of the store of s3rver as has to do with uploads in parts. */
export interface PartsStore {
  getResourcePath(bucket: string, key: string | undefined, resource: string): string;
  putPart(bucket: string, id: string, number: string, content: { readonly headers: Readonly<Record<string, unknown>> }): Promise<Kept>;
  putObjectMultipart(bucket: string, id: string, parts: readonly Named[]): Promise<unknown>;
}

interface Kept {
  readonly md5: string;
}

/** As much of a request to it as is used here. */
interface Context {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  status: number;
  body: unknown;
}

export type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>;

/**
 * s3rver does not tell which parts have come and does not abort uploads, keeps parts whatever their checksum, and puts together what was
 * never sent. Here it does as https://docs.aws.amazon.com/AmazonS3/latest/API/ says.
 */
export function mendMultipart(server: { readonly middleware: Middleware[] }, store: PartsStore): void {
  const directoryOf = (bucket: string, id: string) => join(store.getResourcePath(bucket, undefined, 'uploads'), id);
  const needUpload = async (directory: string) => {
    if (!(await stat(directory).catch(() => null))) throw new S3Error('NoSuchUpload', 'The specified upload does not exist.');
  };
  checkParts(store, directoryOf, needUpload);
  server.middleware.splice(-1, 0, async (context, next) => {
    const { uploadId } = context.query;
    if (uploadId === undefined || (context.method !== 'GET' && context.method !== 'DELETE')) return next();
    const [bucket = '', ...key] = decodeURIComponent(context.path.slice(1)).split('/');
    const directory = directoryOf(bucket, uploadId);
    await needUpload(directory);
    if (context.method === 'GET') {
      context.body = await listed(directory, { Bucket: bucket, Key: key.join('/'), UploadId: uploadId }, context.query);
    } else {
      await rm(directory, { recursive: true });
      context.status = 204;
    }
  });
}

function checkParts(
  store: PartsStore,
  directoryOf: (bucket: string, id: string) => string,
  needUpload: (at: string) => Promise<void>,
): void {
  const putPart = store.putPart.bind(store);
  const putObject = store.putObjectMultipart.bind(store);
  store.putPart = async (bucket, id, number, content) => {
    const directory = directoryOf(bucket, id);
    await needUpload(directory);
    const kept = await putPart(bucket, id, number, content);
    const wanted = content.headers['content-md5'];
    if (typeof wanted !== 'string' || Buffer.from(wanted, 'base64').toString('hex') === kept.md5) return kept;
    await Promise.all(['', '.md5'].map((end) => rm(join(directory, `${number}${end}`))));
    throw new S3Error('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  };
  store.putObjectMultipart = async (bucket, id, named) => {
    const directory = directoryOf(bucket, id);
    await needUpload(directory);
    const parts = new Map((await partsIn(directory)).map((part) => [part.number, part]));
    for (const [i, { number, etag }] of named.entries()) {
      const part = parts.get(number);
      if (part?.md5 !== etag) throw new S3Error('InvalidPart', 'One or more of the specified parts could not be found.');
      if (i < named.length - 1 && part.size < LEAST_PART) throw new S3Error('EntityTooSmall', 'Your proposed upload is too small.');
    }
    return putObject(bucket, id, named);
  };
}

async function partsIn(directory: string) {
  const numbers = (await readdir(directory)).filter((name) => /^\d+$/.test(name)).map(Number);
  const told = numbers.sort((a, b) => a - b).map(async (number) => ({ number, ...(await toldOf(join(directory, String(number)))) }));
  return Promise.all(told);
}

async function toldOf(path: string) {
  const [{ size, mtime }, md5] = await Promise.all([stat(path), readFile(`${path}.md5`, 'utf8')]);
  return { size, mtime, md5 };
}

async function listed(directory: string, names: Readonly<Record<string, string>>, query: Context['query']) {
  const after = Number(query['part-number-marker'] ?? 0);
  const parts = (await partsIn(directory)).filter(({ number }) => number > after);
  const page = parts.slice(0, PAGE);
  return {
    ListPartsResult: {
      '@': { xmlns: 'http://s3.amazonaws.com/doc/2006-03-01/' },
      ...names,
      PartNumberMarker: after,
      NextPartNumberMarker: page.at(-1)?.number ?? after,
      MaxParts: PAGE,
      IsTruncated: parts.length > page.length,
      Part: page.map(({ number, size, mtime, md5 }) => ({
        PartNumber: number,
        LastModified: mtime.toISOString(),
        ETag: JSON.stringify(md5),
        Size: size,
      })),
    },
  };
}
