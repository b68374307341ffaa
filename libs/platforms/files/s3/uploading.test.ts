import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Piece, Upload } from '@kiln/domain';
import { S3_BUCKET, S3_KEY, type S3Server, s3Server } from '@kiln/testing/s3-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uploadingContract } from '../../contract/uploading-contract.ts';
import { uploadPlace } from '../upload-name.ts';
import { clientOf } from './client.ts';
import { Objects } from './objects.ts';
import { Parts } from './parts.ts';
import { s3Storage } from './s3.ts';
import { readNote } from './upload-note.ts';

let server: S3Server;
beforeAll(async () => {
  server = await s3Server();
});
afterAll(() => server.close());

const signal = new AbortController().signal;

/** A part of the bucket that is nobody else's. */
function fresh() {
  const prefix = `${randomBytes(4).toString('hex')}/of us`;
  const bucket = { endpoint: server.endpoint, region: '', name: S3_BUCKET, prefix, pathStyle: true };
  const client = clientOf(bucket, S3_KEY);
  return { bucket, client: () => client, storage: s3Storage(() => client, bucket, 'results', signal) };
}

/** As a worker that dies before it notes that a part is there. */
async function sendPart({ client, bucket }: ReturnType<typeof fresh>, upload: Upload, { offset, bytes }: Piece): Promise<void> {
  const objects = new Objects(client, bucket, `${bucket.prefix}/results`, signal);
  const piece = 8 * 1024 * 1024;
  const note = await readNote(objects, uploadPlace(upload, piece).hidden);
  await new Parts(objects, upload.path).put(note?.id ?? '', offset / piece + 1, bytes);
}

uploadingContract(
  'uploads to a bucket',
  async () => {
    const { bucket, ...own } = fresh();
    const keyOf = (path: string) => `${bucket.prefix}/results/${path}`;
    return {
      storage: own.storage,
      outdate: (path) => (path.includes('.kiln-upload-') ? server.outdate(keyOf(path)) : Promise.resolve()), // it has one of them only
      addUnnoted: (upload, piece) => sendPart({ bucket, ...own }, upload, piece),
      close: async () => {},
    };
  },
  { times: false, tooLarge: 'BAD_INPUT' },
);

test('pieces are as long as a file needs that may have 10,000 parts, and none is too long for memory', () => {
  const pieceOf = (size: number) => fresh().storage.uploading?.pieceOf(size);
  expect([0, 1, 80 * 1024 ** 3, 100 * 1024 ** 3, 500e9].map(pieceOf)).toEqual([8, 8, 9, 11, 48].map((mebibytes) => mebibytes * 1024 ** 2));
  expect(() => pieceOf(700e9)).toThrow('Kiln brings no file of more than 671 GB to a bucket');
});

describe('an upload', () => {
  const PIECE = 8 * 1024 * 1024;
  const bytes = randomBytes(2 * PIECE + 3);
  const upload = { path: 'd/file', size: bytes.length, modified: 1_700_000_000 };
  const { hidden } = uploadPlace(upload, PIECE);
  const pieceAt = (offset: number): Piece => {
    const part = bytes.subarray(offset, offset + PIECE);
    return { offset, bytes: part, sha256: createHash('sha256').update(part).digest('hex') };
  };

  /** In a part of the bucket that is nobody else's, with two pieces there. */
  async function begun() {
    const own = fresh();
    const { uploading } = own.storage;
    if (!uploading) throw new Error('It takes no uploads.');
    await uploading.begin(upload);
    for (const offset of [0, PIECE]) await uploading.add(upload, pieceAt(offset));
    const objects = new Objects(own.client, own.bucket, `${own.bucket.prefix}/results`, signal);
    const note = await readNote(objects, `d/${hidden}`);
    if (!note) throw new Error('It was not begun.');
    return { ...own, uploading, objects, note, parts: new Parts(objects, 'd/file') };
  }

  test('that nobody went on with leaves no parts in the bucket', async () => {
    const { bucket, uploading, note, parts, objects } = await begun();
    expect((await parts.list(note.id))?.map(({ number, size }) => [number, size])).toEqual([
      [1, PIECE],
      [2, PIECE],
    ]);
    await uploading.begin({ path: 'd/other', size: 1, modified: 1 });
    expect(await parts.list(note.id)).toHaveLength(2);
    await server.outdate(`${bucket.prefix}/results/d/${hidden}`);
    await uploading.begin({ path: 'd/another', size: 1, modified: 1 });
    expect(await parts.list(note.id)).toBeNull();
    expect(await readNote(objects, `d/${hidden}`)).toBeNull();
  });

  test('whose parts were removed by a rule of the bucket begins anew, wherever it was', async () => {
    const { uploading, note, parts } = await begun();
    await parts.abort(note.id);
    expect(await uploading.add(upload, pieceAt(2 * PIECE))).toBe(0);
    expect(await uploading.add(upload, pieceAt(0))).toBe(PIECE);
    const again = await begun();
    await again.parts.abort(again.note.id);
    expect(await again.uploading.begin(upload)).toBe(0);
  });

  test('that two begin at the same time is one', async () => {
    const { storage } = fresh();
    const both = await Promise.all([1, 2].map(() => storage.uploading?.begin(upload)));
    expect(both).toEqual([0, 0]);
    for (const offset of [0, PIECE, 2 * PIECE]) await storage.uploading?.add(upload, pieceAt(offset));
    await storage.uploading?.end(upload, null);
    expect(Buffer.from(await storage.read('d/file', 0, bytes.length)).equals(bytes)).toBe(true);
  });

  test('that ended just before its worker died is found to have ended', async () => {
    const { uploading, objects, note, parts } = await begun();
    await uploading.add(upload, pieceAt(2 * PIECE));
    await parts.complete(note.id, (await parts.list(note.id)) ?? []);
    await uploading.end(upload, null);
    expect(await readNote(objects, `d/${hidden}`)).toBeNull();
    expect(await uploading.has(upload)).toBe(true);
  });

  test('whose end the service hears twice, as its first answer is lost, has ended', async () => {
    const { bucket, uploading, objects } = await begun();
    await uploading.add(upload, pieceAt(2 * PIECE));
    const line = await losingLine(server.endpoint);
    const through = s3Storage(() => clientOf({ ...bucket, endpoint: line.endpoint }, S3_KEY), bucket, 'results', signal);
    await through.uploading?.end(upload, null);
    await line.close();
    expect(line.completed).toEqual([200, 404]);
    expect(await readNote(objects, `d/${hidden}`)).toBeNull();
    expect(await uploading.has(upload)).toBe(true);
  });

  test('goes on after the service was away, and what changes on the way to it is told', async () => {
    const { bucket, uploading, note, parts } = await begun();
    await server.kill();
    await expect(uploading.add(upload, pieceAt(2 * PIECE))).rejects.toMatchObject({ code: 'PLATFORM_UNAVAILABLE', retryable: true });
    await server.restart();
    expect(await uploading.begin(upload)).toBe(2 * PIECE);

    const line = await flippingLine(server.endpoint);
    const through = s3Storage(() => clientOf({ ...bucket, endpoint: line.endpoint }, S3_KEY), bucket, 'results', signal);
    const told = { code: 'CONFLICT', message: expect.stringContaining('A piece of “d/file” did not arrive as it was sent') };
    await expect(through.uploading?.add(upload, pieceAt(2 * PIECE))).rejects.toMatchObject(told);
    await line.close();
    expect(await parts.list(note.id)).toHaveLength(2);
    await uploading.add(upload, pieceAt(2 * PIECE));
    await uploading.end(upload, null);
    expect(await uploading.has(upload)).toBe(true);
  });
});

/** A way to a server on which the last byte of each body that is sent changes. */
function flippingLine(to: string) {
  return lineTo(to, (body) => {
    const end = body.length - 1;
    if (end >= 0) body[end] = (body[end] ?? 0) ^ 1;
  });
}

/** A way to a server that breaks before the first answer to the end of an upload; what it answers to each is `completed`. */
async function losingLine(to: string) {
  const completed: number[] = [];
  const line = await lineTo(to, undefined, ({ method, url }, status) => {
    if (method !== 'POST' || !url?.includes('uploadId=')) return true;
    return completed.push(status) > 1;
  });
  return { ...line, completed };
}

/** A way to a server, on which bodies are changed before they are sent; an answer that is not `kept` is lost with its connection. */
async function lineTo(
  to: string,
  change: (body: Buffer) => void = () => {},
  kept: (request: IncomingMessage, status: number) => boolean = () => true,
) {
  const line = createServer(async (request, response) => {
    const body = await buffer(request);
    change(body);
    const onward = await fetch(to + request.url, {
      method: request.method ?? 'GET',
      headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' && !['host', 'connection', 'content-length', 'transfer-encoding', 'expect'].includes(name)
          ? [[name, value]]
          : [],
      ),
      ...(body.length > 0 && { body }),
    });
    const answer = Buffer.from(await onward.arrayBuffer());
    if (!kept(request, onward.status)) return void request.socket.destroy();
    const told = Object.fromEntries(
      [...onward.headers].filter(([name]) => /^(content-type|content-length|etag|last-modified|x-amz-)/.test(name)),
    );
    response.writeHead(onward.status, told);
    response.end(answer);
  });
  line.listen(0, '127.0.0.1');
  await once(line, 'listening');
  const { port } = line.address() as AddressInfo; // it listens on a port
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async close() {
      line.closeAllConnections();
      line.close();
      await once(line, 'close');
    },
  };
}
