import { randomBytes } from 'node:crypto';
import { S3_BUCKET, S3_KEY, type S3Server, s3Server } from '@kiln/testing/s3-server';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { archiveOf } from '../../contract/archive.ts';
import { storageContract } from '../../contract/storage-contract.ts';
import { hiddenName } from '../hidden.ts';
import { clientOf } from './client.ts';
import { entriesOf } from './entries.ts';
import { Objects } from './objects.ts';
import { s3Storage } from './s3.ts';

let server: S3Server;
beforeAll(async () => {
  server = await s3Server();
});
afterAll(() => server.close());

const signal = new AbortController().signal;
const bucketOf = (more = {}) => ({ endpoint: server.endpoint, region: '', name: S3_BUCKET, prefix: '', pathStyle: true, ...more });

/** A part of the bucket that is nobody else's. */
function fresh(key = S3_KEY, more = {}) {
  const bucket = bucketOf({ prefix: `${randomBytes(4).toString('hex')}/of us`, ...more });
  const client = clientOf(bucket, key);
  return { bucket, client: () => client, storage: s3Storage(() => client, bucket, 'results', signal) };
}

storageContract('a bucket', async () => ({ storage: fresh().storage, close: async () => {} }), { links: false });

const text = async (bytes: Promise<Uint8Array>) => new TextDecoder().decode(await bytes);

test('a large file, many small ones, empty ones, empty directories and permissions come back as they were', async () => {
  const { storage } = fresh();
  const large = randomBytes(20 * 1024 * 1024);
  const tar = pack();
  tar.entry({ name: 'd/large' }, large);
  for (let n = 0; n < 100; n += 1) tar.entry({ name: `d/small/${n}` }, String(n));
  tar.entry({ name: 'd/run', mode: 0o755 }, '#!/bin/sh');
  tar.entry({ name: 'd/again', type: 'link', linkname: 'd/run' });
  tar.entry({ name: 'd/elsewhere', type: 'symlink', linkname: '/etc/passwd' });
  tar.entry({ name: 'd/none' }, '');
  tar.entry({ name: 'd/nothing/', type: 'directory' }, '');
  tar.finalize();
  await storage.unpack('', tar as AsyncIterable<Uint8Array>);
  await storage.copy('d', 'e');
  expect((await storage.list('e')).map(({ name, size }) => [name, size])).toEqual([
    ...[
      ['nothing', 0],
      ['small', 0],
      ['again', 9],
      ['large', large.length],
      ['none', 0],
      ['run', 9],
    ],
  ]);
  expect(await storage.list('e/small')).toHaveLength(100);
  expect(await storage.list('e/nothing')).toEqual([]);
  const part = await storage.read('e/large', 9_000_000, 1000);
  expect(Buffer.from(part).equals(large.subarray(9_000_000, 9_001_000))).toBe(true);

  const modes: Record<string, number | undefined> = {};
  for await (const entry of entriesOf(storage.pack('e'))) {
    modes[entry.header.name] = entry.header.mode;
    entry.resume();
  }
  expect(Object.keys(modes)).toHaveLength(105);
  expect([modes['run'], modes['again'], 'nothing/' in modes]).toEqual([0o755, 0o755, true]);
});

test('what is too large to be copied by the service goes through this machine', async () => {
  const { bucket, client, storage } = fresh();
  await storage.unpack('', archiveOf({ n: 'words' }));
  const objects = new Objects(client, bucket, `${bucket.prefix}/results`, signal, 3);
  await objects.copy({ path: 'n', size: 5, modifiedAt: null }, 'copy');
  expect(await text(storage.read('copy', 0, 10))).toBe('words');
});

test('what a killed program was at work on is shown by no listing', async () => {
  const { storage } = fresh();
  const now = hiddenName('unpack');
  await storage.unpack('', archiveOf({ [`${now}/fresh`]: 'x', n: 'n' }));
  await storage.open('');
  expect((await storage.list('')).map(({ name }) => name)).toEqual(['n']);
  expect(await text(storage.read(`${now}/fresh`, 0, 10))).toBe('x');
});

test('trouble with the key, the bucket or the network may pass, and says what to do', async () => {
  const wrong = fresh({ ...S3_KEY, accessKeyId: 'nobodys' }).storage;
  const none = fresh(S3_KEY, { name: 'nobodys' }).storage;
  const refused = { code: 'LOGIN_REFUSED', retryable: true, message: expect.stringContaining('the access key is not accepted') };
  for (const call of [() => wrong.open(''), () => wrong.list(''), () => wrong.unpack('', archiveOf({ n: 'n' }), ['n'])]) {
    await expect(call()).rejects.toMatchObject(refused);
  }
  const missing = { code: 'STORAGE_UNWRITABLE', retryable: true, message: expect.stringContaining('there is no bucket nobodys') };
  for (const call of [() => none.open(''), () => none.probe('x')]) await expect(call()).rejects.toMatchObject(missing);

  const { storage } = fresh();
  await storage.unpack('', archiveOf({ n: 'n' }));
  await server.kill();
  await expect(storage.open('')).rejects.toMatchObject({ code: 'PLATFORM_UNAVAILABLE', retryable: true });
  await server.restart();
  expect(await text(storage.read('n', 0, 10))).toBe('n');
});

test('an abort ends what is under way, and nothing of it is there', async () => {
  const { bucket, client } = fresh();
  const abort = new AbortController();
  async function* endless(): AsyncIterable<Uint8Array> {
    const whole = archiveOf({ large: 'x'.repeat(9 * 1024 * 1024) });
    for await (const bytes of whole) {
      yield bytes;
      if (bytes.length > 512) abort.abort(new Error('It is enough.'));
    }
  }
  const storage = s3Storage(client, bucket, 'results', abort.signal);
  await expect(storage.unpack('', endless())).rejects.toThrow('It is enough.');
  expect(await s3Storage(client, bucket, 'results', signal).list('')).toEqual([]);
});
