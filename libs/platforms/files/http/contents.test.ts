import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contentsOf } from '../../contract/reading-contract.ts';
import { AGES_AGO, type WebFolder, webFolder } from '../../testing/web-folder.ts';

let web: WebFolder;
beforeEach(async () => {
  web = await webFolder();
});
afterEach(() => web.close());

const rangeOf = ({ headers }: IncomingMessage) => Number(/\d+/.exec(headers.range ?? '')?.[0]);
const text = async (bytes: Promise<Uint8Array>) => new TextDecoder().decode(await bytes);

describe('a file', () => {
  const large = randomBytes(3 * 1024 * 1024);
  const packed = async () => Buffer.from(await buffer(web.storage().packFile('large')));
  beforeEach(() => web.put({ large }));

  test.each(['etag', 'time'] as const)('goes on where its connection was cut, by its %s', async (validator) => {
    web.server.validator = validator;
    web.server.cuts.push(1_000_000, 1, 1_000_000);
    expect((await packed()).subarray(512, 512 + large.length).equals(large)).toBe(true);
    const ranges = web.server.requests.map((request) => Number(/bytes=(\d+)-$/.exec(request)?.[1] ?? 0));
    expect(ranges).toEqual([...ranges].sort((a, b) => a - b));
    expect([ranges.length, (ranges[3] ?? 0) > 1_000_000]).toEqual([4, true]);
  });

  test('that nothing tells from another version begins again, and is never taken for whole', async () => {
    for (const change of [{ validator: 'none' }, { ranges: false }] as const) {
      Object.assign(web.server, { validator: 'etag', ranges: true, ...change });
      web.server.cuts.push(1_000_000);
      await expect(packed()).rejects.toMatchObject({ code: 'PLATFORM_UNAVAILABLE', retryable: true });
      expect((await packed()).subarray(512, 512 + large.length).equals(large)).toBe(true);
    }
  });

  test('that changed in between is not put together of two versions', async () => {
    web.server.cuts.push(1_000_000);
    let asked = 0;
    web.instead('/large', (response, request) => {
      asked += 1;
      if (asked > 1)
        return void response.writeHead(206, { 'content-range': `bytes ${rangeOf(request)}-${large.length}/${large.length + 1}` }).end();
      response.writeHead(200, { etag: '"1"', 'accept-ranges': 'bytes', 'content-length': large.length });
      response.write(large.subarray(0, 1000), () => response.destroy());
    });
    await expect(packed()).rejects.toMatchObject({ retryable: true, message: expect.stringContaining('changed while it was read') });
  });

  test('that is shorter than was told is not taken for whole, nor one of which no length is told', async () => {
    web.instead('/large', (response) => response.writeHead(200, { 'content-length': 10 }).write('12345', () => response.destroy()));
    await expect(packed()).rejects.toMatchObject({ code: 'PLATFORM_UNAVAILABLE', retryable: true });
    await expect(web.storage().read('large', 0, 8)).rejects.toMatchObject({ code: 'PLATFORM_UNAVAILABLE', retryable: true });
    web.instead('/large', (response) => void response.writeHead(200).write('12345', () => response.end()));
    const sentence = { code: 'BAD_INPUT', message: expect.stringContaining('does not tell the size of “large”') };
    await expect(packed()).rejects.toMatchObject(sentence);
    await expect(web.storage().stat('large')).rejects.toMatchObject(sentence);
  });

  test('is shown in parts though the server gives none', async () => {
    web.server.ranges = false;
    expect(Buffer.from(await web.storage().read('large', 2_000_000, 1000)).equals(large.subarray(2_000_000, 2_001_000))).toBe(true);
    expect(await web.storage().read('large', 4_000_000, 1000)).toHaveLength(0);
  });

  test('has its size also where the server does not know HEAD', async () => {
    web.server.instead = (request, response) => request.method === 'HEAD' && Boolean(response.writeHead(405).end());
    await web.put({ none: '' });
    expect(await web.storage().stat('large')).toEqual({
      name: 'large',
      kind: 'file',
      size: large.length,
      modifiedAt: AGES_AGO.toISOString(),
    });
    expect(await web.storage().stat('none')).toMatchObject({ size: 0 });
    expect(await text(web.storage().read('none', 0, 10))).toBe('');
  });
});

test('a server that falls silent is not waited for', async () => {
  web.instead('/note', () => undefined);
  await expect(web.storage({ silence: 100 }).read('a/note', 0, 4)).rejects.toMatchObject({
    ...{ code: 'PLATFORM_UNAVAILABLE', retryable: true },
    message: expect.stringContaining('nothing was heard for 0.1 seconds'),
  });
  web.instead('/note', (response) => response.writeHead(200, { 'content-length': 4 }).write('fo'));
  await expect(web.storage({ silence: 100 }).read('a/note', 0, 4)).rejects.toMatchObject({ code: 'PLATFORM_UNAVAILABLE' });
});

test('an abort ends what is under way', async () => {
  const abort = new AbortController();
  web.instead('/note', () => abort.abort(new Error('It is enough.')));
  await expect(contentsOf(web.storage({ signal: abort.signal }).pack('a'))).rejects.toMatchObject({ retryable: true });
});

test('what may pass is waited for, and what may not is told at once', async () => {
  let busy = 2;
  web.server.instead = (request, response) =>
    Boolean(request.url?.endsWith('/note')) && busy-- > 0 && Boolean(response.writeHead(429, { 'retry-after': '1' }).end());
  expect(await contentsOf(web.storage().pack('a'))).toMatchObject({ note: 'four' });
  for (const [status, code, retryable] of [
    ...([
      [401, 'LOGIN_REFUSED', false],
      [403, 'LOGIN_REFUSED', false],
      [404, 'NOT_FOUND', false],
    ] as const),
    ...([
      [503, 'PLATFORM_UNAVAILABLE', true],
      [429, 'PLATFORM_UNAVAILABLE', true],
    ] as const),
  ]) {
    web.instead('/note', (response) => response.writeHead(status, { 'retry-after': '3600' }).end());
    await expect(web.storage().stat('a/note')).rejects.toMatchObject({ code, retryable });
    await expect(contentsOf(web.storage().pack('a'))).rejects.toMatchObject({ code, retryable });
  }
});
