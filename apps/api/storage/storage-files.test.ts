import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { openDatabase } from '@kiln/db/connect';
import { startWorker } from '@kiln/worker/worker';
import { pino } from 'pino';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, submitted, type TestApi } from '../testing/start-test-api.ts';

const ODD = ['-rf', 'a\nb', 'say "hi"', "it's", '<b>', 'wéird ☃ %2e', '.hidden', '#?&'];
const MODIFIED = 1_700_000_000;

let api: TestApi;
let stranger: string;
let root: string;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  api = await startTestApi();
  root = join(api.home, 'outputs');
  await mkdir(join(root, 'many'), { recursive: true });
  await mkdir(join(root, 'odd', 'below', 'empty'), { recursive: true });
  for (const name of ODD) await writeFile(join(root, 'odd', name), name);
  await writeFile(join(root, 'odd/below/page.html'), '<script>alert(1)</script>');
  await writeFile(join(root, 'odd/below/paper.pdf'), '<script>alert(1)</script>');
  await symlink('/etc', join(root, 'odd', 'link'));
  for (let n = 1; n <= 25; n += 1) await writeFile(join(root, 'many', `file ${n}`), 'x'.repeat(n));
  const db = openDatabase(api.db.url, { max: 10 });
  const worker = await startWorker({ db, kilnHome: api.home, log: pino({ level: 'silent' }), environment: process.env });
  closing.push(
    () => worker.close(),
    () => db.close(),
  );
  stranger = await api.someoneElse();
});
afterAll(async () => {
  for (const close of closing) await close();
  await api.close();
});

const QUERY = `query ($storage: String!, $path: String!, $search: String, $first: Int, $after: String) {
  storageFiles(storage: $storage, path: $path, search: $search, first: $first, after: $after) {
    entries { name path kind size modifiedAt url } total endCursor } }`;
const list = (variables: Record<string, unknown>, token?: string) => api.call(QUERY, { storage: 'local', path: '', ...variables }, token);
const call = (path: string, init: RequestInit = {}, token = api.token) =>
  fetch(`${api.api.url}/files/storages/${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });
const refusalOf = async (response: Response) =>
  ((await response.json()) as { errors: [{ message: string; extensions: { code: string } }] }).errors[0]; // the form of all refusals

test('a directory comes in parts, in the order of its numbers, and what is searched for is found in all of it', async () => {
  const names: string[] = [];
  for (let after: string | null = null; ; ) {
    const { data } = await list({ path: 'many', first: 10, after });
    expect(data.storageFiles.total).toBe(25);
    names.push(...data.storageFiles.entries.map(({ name }: { name: string }) => name));
    after = data.storageFiles.endCursor;
    if (after === null) break;
  }
  expect(names).toEqual(Array.from({ length: 25 }, (_, at) => `file ${at + 1}`));
  const { data } = await list({ path: 'many', search: 'FILE 2' });
  expect(data.storageFiles.total).toBe(7);
});

test('files of any name are listed with addresses that give their bytes, and a link that leads out is not', async () => {
  const { data } = await list({ path: 'odd' });
  const files = data.storageFiles.entries.filter(({ kind }: { kind: string }) => kind === 'FILE');
  expect(files.map(({ name }: { name: string }) => name).sort()).toEqual([...ODD].sort());
  for (const { name, url } of files) {
    const response = await fetch(`${api.api.url}${url}`, { headers: { authorization: `Bearer ${api.token}` } });
    expect(await response.text()).toBe(name);
  }
  const part = await call('local/many/file%2025', { headers: { range: 'bytes=20-' } });
  expect([part.status, await part.text()]).toEqual([206, 'xxxxx']);
  expect((await call('local/odd/link/passwd')).status).toBe(404);
});

test('what somebody put there cannot act as a page of ours', async () => {
  const html = await call('local/odd/below/page.html');
  expect(html.headers.get('content-type')).toBe('application/octet-stream');
  expect(html.headers.get('content-disposition')).toMatch(/^attachment/);
  expect(html.headers.get('content-security-policy')).toMatch(/sandbox/);
  const pdf = await call('local/odd/below/paper.pdf');
  expect(pdf.headers.get('content-type')).toBe('application/pdf');
  expect(pdf.headers.get('x-content-type-options')).toBe('nosniff');
  expect(pdf.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
});

test('a directory comes as a tar archive with all names as they are', async () => {
  const response = await call('local/odd?tar');
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="odd.tar"/);
  const reader = extract();
  reader.end(Buffer.from(await response.arrayBuffer()));
  const found: Record<string, string> = {};
  for await (const entry of reader) found[entry.header.name] = (await buffer(entry)).toString();
  const below = { 'odd/': '', 'odd/below/': '', 'odd/below/empty/': '' };
  const page = '<script>alert(1)</script>';
  const files = { ...below, 'odd/below/page.html': page, 'odd/below/paper.pdf': page };
  expect(found).toEqual({ ...files, ...Object.fromEntries(ODD.map((name) => [`odd/${name}`, name])) });
  expect((await call('local?tar')).headers.get('content-disposition')).toMatch(/"local.tar"/);
  expect((await call('local/many/file%201?tar')).status).toBe(400);
  expect((await call('local/many')).status).toBe(400);
  expect((await call('local/none?tar')).status).toBe(404);
});

test('another user finds no storage, and on what is everybody’s only administrators look', async () => {
  await api.db.pool.query(
    `insert into platforms (name, kind, provider, description, slots, max_nodes, settings, owner_id)
     select 'box', kind, provider, '', 1, 1, settings, $1 from platforms where name = 'local'`,
    [api.administrator.id],
  );
  const upload = `size=1&modified=${MODIFIED}`;
  expect((await list({ storage: 'box' }, stranger)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  expect((await list({}, stranger)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  expect((await list({ storage: 'local-cloud' })).errors?.[0]?.extensions.code).toBe('BAD_INPUT');
  for (const [method, query] of [
    ['GET', ''],
    ['GET', 'tar'],
    ['POST', upload],
    ['PUT', `${upload}&offset=0`],
  ] as const) {
    const init = { method, ...(method === 'PUT' && { body: 'x' }) };
    expect((await call(`box/a?${query}`, init, stranger)).status).toBe(404);
    expect((await call(`local/a?${query}`, init, stranger)).status).toBe(403);
    expect((await call(`none/a?${query}`, init)).status).toBe(404);
    expect((await call(`box/a?${query}`, init, 'wrong')).status).toBe(401);
  }
});

test.each(['%2e%2e/x', 'a/%2e%2e%2fx', '%2Fetc/passwd', 'a%00b', 'a//b', '%', '%ff'])('the path %s leads nowhere', async (path) => {
  for (const method of ['GET', 'POST']) {
    expect((await call(`local/${path}?size=1&modified=1`, { method })).status).toBeGreaterThanOrEqual(400);
  }
  const { errors } = await list({ path: decodeURIComponent(path.replace(/%$|%ff/, '%2e')) });
  expect(errors).toBeDefined();
});

const PIECE = 4 * 1024 * 1024;
const sha256 = (bytes: string) => createHash('sha256').update(bytes).digest('hex');
const put = (path: string, size: number, offset: number, body: string | Uint8Array<ArrayBuffer>, more = '') =>
  call(`local/${path}?size=${size}&modified=${MODIFIED}&offset=${offset}${more}`, { method: 'PUT', body });
const steer = (path: string, size: number, more = '') => call(`local/${path}?size=${size}&modified=${MODIFIED}${more}`, { method: 'POST' });

test('an upload goes on where it stopped, is checked, and is not sent twice', async () => {
  const path = `new/${encodeURIComponent('a "b"\nc')}`;
  const pieces = ['a'.repeat(PIECE), 'def'] as const;
  const size = PIECE + 3;
  const [first, last] = [sha256(pieces[0]), sha256(pieces[1])];
  expect(await (await steer(path, size)).json()).toEqual({ there: false, offset: 0, piece: PIECE });
  expect(await (await put(path, size, 0, pieces[0], `&sha256=${first}`)).json()).toEqual({ offset: PIECE });
  expect((await refusalOf(await steer(path, size, '&end'))).extensions.code).toBe('CONFLICT');
  expect((await list({ path: 'new' })).data.storageFiles.entries).toEqual([]);
  expect(await (await steer(path, size)).json()).toEqual({ there: false, offset: PIECE, piece: PIECE });
  expect((await refusalOf(await put(path, size, PIECE, 'dXf', `&sha256=${last}`))).extensions.code).toBe('CONFLICT');
  expect(await (await put(path, size, PIECE, pieces[1], `&sha256=${last}`)).json()).toEqual({ offset: size });
  expect((await steer(path, size, `&end&sums=${sha256(`${first}\n${last}\n`)}`)).status).toBe(200);
  expect((await readFile(join(root, 'new', 'a "b"\nc'), 'utf8')) === pieces.join('')).toBe(true);
  expect((await stat(join(root, 'new', 'a "b"\nc'))).mtimeMs).toBe(MODIFIED * 1000);
  expect(await (await steer(path, size)).json()).toEqual({ there: true, offset: size, piece: PIECE });
  const left = await api.db.pool.query("select count(*)::int as n from asks where question->>'kind' = 'add-to-upload'");
  expect(left.rows[0].n).toBe(0);
});

test('an upload may tell the checksum of the whole file at its end, as it did once', async () => {
  expect(await (await put('old', 3, 0, 'abc')).json()).toEqual({ offset: 3 });
  expect((await steer('old', 3, `&end&sha256=${sha256('abc')}`)).status).toBe(200);
  expect(await readFile(join(root, 'old'), 'utf8')).toBe('abc');
});

test('an upload that is not well formed is refused in a sentence', async () => {
  expect((await put('x', 2, 1, 'abc')).status).toBe(400);
  expect((await put('x', 3, 0, '')).status).toBe(400);
  for (const response of [await put('x', 9_000_000, 0, 'short'), await put('x', 9_000_000, 3, 'abc'), await put('x', 3, 0, 'ab')]) {
    expect([response.status, (await refusalOf(response)).message]).toEqual([
      400,
      expect.stringContaining('comes in pieces of 4194304 bytes'),
    ]);
  }
  const long = await put('x', 90_000_000, 0, new Uint8Array(64 * 1024 * 1024 + 1));
  expect([long.status, (await refusalOf(long)).message]).toEqual([400, 'The request is longer than the 67 MB that one may have.']);
  const sum = sha256('');
  for (const query of [
    '',
    'size=-1&modified=1',
    'size=1&modified=x',
    'size=1&modified=1&end&sums=z',
    'size=1&modified=1&end&sha256=z',
    `size=1&modified=1&end&whole=${sum}`,
  ]) {
    expect((await call(`local/x?${query}`, { method: 'POST' })).status).toBe(400);
  }
  expect((await call('local?size=1&modified=1', { method: 'POST' })).status).toBe(400);
});

test('nothing is written among the results of a job, or where Kiln works', async () => {
  const id = await submitted(api, 'randnum', { platform: 'local', output_storage: 'local' });
  for (const path of [`randnum${id}/x`, `randnum${id}/output_0/1/x`, `randnum${id}`, '.kiln/x', 'a/.kiln-installation']) {
    const response = await steer(path, 1);
    expect([path, response.status]).toEqual([path, 400]);
  }
  expect(await (await steer(`other${id}/x`, 1)).json()).toEqual({ there: false, offset: 0, piece: PIECE });
});
