import { createServer } from 'node:https';
import type { WebKey } from '@kiln/domain';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type WebFolder, webFolder } from '../testing/web-folder.ts';
import { examineWeb } from './web.ts';

let web: WebFolder;
beforeEach(async () => {
  web = await webFolder();
});
afterEach(() => web.close());

const TOKEN: WebKey = { kind: 'token', token: 'correct-horse' };

const check = async (url: string, key: WebKey = { kind: 'open' }) => {
  const kept: WebKey[] = [];
  const signal = new AbortController().signal;
  const { ready, findings } = await examineWeb({ url, key, report: async () => {}, keep: async (one) => void kept.push(one), signal });
  return { ready, kept, found: Object.fromEntries(findings.map(({ name, status, message }) => [name, `${status}: ${message}`])) };
};

test('tells whether it lets in, lists, and gives parts', async () => {
  await web.put({ first: 'x' });
  web.server.authorization = 'Bearer correct-horse';
  expect(await check(web.server.url)).toMatchObject({ ready: false, kept: [], found: { Login: expect.stringContaining('failed: ') } });
  expect(await check(web.server.url, TOKEN)).toMatchObject({
    ...{ ready: true, kept: [TOKEN] },
    found: {
      Connection: expect.stringContaining('what passes is not encrypted'),
      Login: 'ok: The token is let in.',
      Index: 'ok: Its index page lists 1 file and 1 folder.',
      Parts: expect.stringContaining('ok: It gives parts'),
    },
  });
  web.server.ranges = false;
  expect((await check(web.server.url, TOKEN)).found['Parts']).toMatch(/^warning: It gives no parts/);
  web.server.index = false;
  expect(await check(web.server.url, TOKEN)).toMatchObject({
    ready: true,
    found: { Login: expect.stringContaining('warning: '), Index: expect.stringMatching(/^warning: .*has no index page/) },
  });
});

test('tries the next file where one cannot be read, and is ready though none can', async () => {
  await web.put({ '1.csv': 'x', '2.csv': 'x', '3.csv': 'x' });
  web.instead('/1.csv', (response) => response.writeHead(403).end());
  expect(await check(web.server.url)).toMatchObject({ ready: true, found: { Parts: expect.stringContaining('ok: It gives parts') } });
  web.instead('.csv', (response) => response.writeHead(403).end());
  expect(await check(web.server.url)).toMatchObject({
    ready: true,
    found: { Parts: expect.stringMatching(/^warning: Not tried: .*\(3\).* may not be read \(403\)/) },
  });
});

test('tells of a server that is away, busy, or shows a certificate that nobody knows', async () => {
  web.instead('/', (response) => response.writeHead(503).end());
  expect(await check(web.server.url)).toMatchObject({ ready: false, found: { Connection: expect.stringContaining('answered 503') } });
  await web.other.close();
  expect(await check(web.other.url)).toMatchObject({ ready: false, found: { Connection: expect.stringContaining('cannot be reached') } });
  const https = createServer({ key: KEY, cert: CERTIFICATE }, (_request, response) => response.end());
  await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
  const address = https.address();
  const found = await check(`https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  expect(found).toMatchObject({ ready: false, kept: [], found: { Connection: expect.stringContaining('is not trusted') } });
  await new Promise((resolve) => https.close(resolve));
});

test('sends no secret over an open line', async () => {
  const { found } = await check('http://data.example.org', TOKEN);
  expect(found).toEqual({ Login: expect.stringContaining('which is not encrypted') });
});

/** Of nobody: made for this test. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7N1gC2vAj3fT3y8b
tJ0pnJMn3f+NcppVgsfbiGVeVjChRANCAASsUBEGW4+tIRcweT51UoEPi7SvcgUU
Nz/pdXIwnz6wm0Roy+qJ+rHHlX4yYNI8gazS3WNWIWJo1ki23NzADqKd
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUCMcqZb8vCI2UyL18Wgf8bYdc5RYwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzIyNTMzN1oYDzIxMjYxMTAz
MjI1MzM3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASsUBEGW4+tIRcweT51UoEPi7SvcgUUNz/pdXIwnz6wm0Roy+qJ+rHH
lX4yYNI8gazS3WNWIWJo1ki23NzADqKdo1MwUTAdBgNVHQ4EFgQUmm+iFQtcAvW/
OyB4klZBXz4Y11gwHwYDVR0jBBgwFoAUmm+iFQtcAvW/OyB4klZBXz4Y11gwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAhQDpw4jvHj1vWTm9NKT0
FWZaOORDBFxbGsBl/Zqo5goCIAHSjR4qQZKc+iX9Q7tEeyU5ig5cPYKxJtEeyaKt
1fCk
-----END CERTIFICATE-----`;
