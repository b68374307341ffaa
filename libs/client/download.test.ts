import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OutputEntry } from './documents.ts';
import { Kiln } from './kiln.ts';

// A server that means harm or fails in the middle, which the real one cannot be asked to do.
const CONTENT = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
const MODIFIED = '2026-01-02T03:04:05.000Z';
let server: Server;
let directory: string;
let kiln: Kiln;
let listing: (path: string) => OutputEntry[];
let serve: (request: IncomingMessage, response: ServerResponse) => void;
let ranges: (string | undefined)[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'kiln-download-'));
  ranges = [];
  serve = whole;
  server = createServer(async (request, response) => {
    if (request.url !== '/graphql') {
      ranges.push(request.headers.range);
      return serve(request, response);
    }
    let body = '';
    for await (const chunk of request) body += String(chunk);
    response.end(JSON.stringify({ data: { job: { outputs: listing(JSON.parse(body).variables.path) } } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a port
  kiln = new Kiln({ url: `http://127.0.0.1:${port}`, token: 'secret' });
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true, force: true });
});

function whole(request: IncomingMessage, response: ServerResponse): void {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (start > 0) response.writeHead(206, { 'content-range': `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}` });
  response.end(CONTENT.subarray(start));
}

function file(name: string, more: Partial<OutputEntry> = {}): OutputEntry {
  return { name, path: name, kind: 'FILE', size: CONTENT.length, modifiedAt: MODIFIED, url: '/files/x', node: null, ...more };
}

async function download(path?: string): Promise<string[]> {
  const paths = [];
  for await (const done of kiln.download(1, directory, path === undefined ? {} : { path })) paths.push(done.path);
  return paths;
}

it.each(['../evil', '..', '.', '', 'a/b', '/etc/cron.d/evil', 'nul\0l'])('a file named %j is refused and writes nothing', async (name) => {
  listing = () => [file(name)];
  await expect(download()).rejects.toMatchObject({ code: 'BAD_INPUT' });
  expect(await readdir(directory)).toEqual([]);
});

it('a directory cannot lead out either', async () => {
  listing = (path) => (path === '' ? [file('..', { kind: 'DIRECTORY', path: 'sub', url: null })] : [file('evil')]);
  await expect(download()).rejects.toMatchObject({ code: 'BAD_INPUT' });
});

it('a connection that breaks is made again and the file goes on where it was', async () => {
  listing = () => [file('data')];
  serve = (request, response) => {
    if (ranges.length > 1) return whole(request, response);
    response.writeHead(200, { 'content-length': CONTENT.length });
    response.write(CONTENT.subarray(0, 40_000), () => response.destroy());
  };
  expect(await download()).toEqual(['data']);
  expect(await readFile(join(directory, 'data'))).toEqual(CONTENT);
  expect(ranges).toHaveLength(2);
  expect(await readdir(directory)).toEqual(['data']);
});

it('a server that ignores ranges does not double the file', async () => {
  listing = () => [file('data')];
  serve = (_request, response) => {
    if (ranges.length > 1) return void response.end(CONTENT);
    response.writeHead(200, { 'content-length': CONTENT.length });
    response.write(CONTENT.subarray(0, 40_000), () => response.destroy());
  };
  await download();
  expect(await readFile(join(directory, 'data'))).toEqual(CONTENT);
});

it('what is there already is not fetched again, what changed is', async () => {
  listing = () => [file('data'), file('empty', { size: 0 })];
  await download();
  expect(ranges).toHaveLength(1);
  await download();
  expect(ranges).toHaveLength(1);
  await writeFile(join(directory, 'data'), 'changed by hand');
  await download();
  expect(ranges).toHaveLength(2);
  expect(await readFile(join(directory, 'data'))).toEqual(CONTENT);
});

it('the token is not sent to another site that a server names', async () => {
  let authorization: string | undefined = 'none';
  const other = createServer((request, response) => {
    authorization = request.headers.authorization;
    response.end(CONTENT);
  }).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo; // it listens on a port
  listing = () => [file('data', { url: `http://127.0.0.1:${port}/data` })];
  await download();
  other.close();
  expect(authorization).toBeUndefined();
});

it('a file that became shorter meanwhile is told, not kept', async () => {
  listing = () => [file('data')];
  serve = (_request, response) => void response.end('short');
  await expect(download()).rejects.toMatchObject({ code: 'CONFLICT' });
  expect(await readdir(directory)).not.toContain('data');
});
