import { once } from 'node:events';
import { request } from 'node:http';
import { notifyLog } from '@kiln/db/asks';
import { tasks } from '@kiln/db/schema';
import { type FileEntry, KnownError, type Question } from '@kiln/domain';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, submitted, type TestApi, takeUntil } from '../testing/start-test-api.ts';

const BIG = Buffer.from(Array.from({ length: 2_500_000 }, (_, n) => n % 251));
const FILES: Record<string, Buffer> = {
  'output/1/big.bin': BIG,
  'output/1/table.csv': Buffer.from('a,b\n1,2\n'),
  'output/1/page.html': Buffer.from('<script>alert(1)</script>'),
  'output/1/picture.svg': Buffer.from('<svg/>'),
  'output/1/wéird "name" %2e.txt': Buffer.from('x'),
  'output/1/empty.txt': Buffer.alloc(0),
};
const MODIFIED = '2026-11-20T12:00:00.000Z';
const log = { bytes: Buffer.alloc(0), complete: false };
const questions: Question[] = [];

let api: TestApi;
let id: string;
beforeAll(async () => {
  api = await startTestApi();
  await api.answer(async (question) => {
    questions.push(question);
    return answer(question);
  });
  id = await submitted(api);
  await api.db.orm.insert(tasks).values({ jobId: Number(id), number: 1, iteration: 0, node: 'n', values: {}, state: 'running' });
});
afterAll(() => api.close());

function answer(question: Question): { value: unknown; body?: Uint8Array } {
  if (question.kind === 'stat-output') return { value: entry(question.path) };
  if (question.kind === 'read-output')
    return { value: null, body: file(question.path).subarray(question.offset, question.offset + question.length) };
  if (question.kind === 'list-outputs') {
    if (question.path !== 'output/1') throw new KnownError('NOT_FOUND', `There is no ${question.path}.`);
    return { value: Object.keys(FILES).map(entry) };
  }
  if (question.kind === 'read-log') {
    const body = log.bytes.subarray(question.offset, question.offset + question.length);
    return { value: { complete: log.complete && question.offset + body.length === log.bytes.length }, body };
  }
  return { value: null };
}

function file(path: string): Buffer {
  const found = FILES[path];
  if (!found) throw new KnownError('NOT_FOUND', `There is no ${path}.`);
  return found;
}

function entry(path: string): FileEntry {
  if (path === 'output/1') return { name: '1', kind: 'directory', size: 0, modifiedAt: MODIFIED };
  return { name: path.split('/').at(-1) ?? '', kind: 'file', size: file(path).length, modifiedAt: MODIFIED };
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  return fetch(`${api.api.url}/files/jobs/${id}/${path}`, { method, headers: { authorization: `Bearer ${api.token}`, ...headers } });
}

test('outputs are listed with addresses that give their bytes', async () => {
  const { data } = await api.call(
    'query ($id: ID!) { job(id: $id) { outputs(path: "output/1") { name path kind size modifiedAt url } } }',
    { id },
  );
  expect(data.job.outputs).toHaveLength(6);
  for (const { name, path, url, size } of data.job.outputs) {
    expect(path).toBe(`output/1/${name}`);
    const response = await fetch(`${api.api.url}${url}`, { headers: { authorization: `Bearer ${api.token}` } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe(String(size));
    expect(Buffer.from(await response.arrayBuffer()).equals(file(path))).toBe(true);
  }
  const missing = await api.call('query ($id: ID!) { job(id: $id) { outputs(path: "nowhere") { name } } }', { id });
  expect(missing.errors?.[0]).toMatchObject({ message: 'There is no nowhere.', extensions: { code: 'NOT_FOUND' } });
});

test('a large file is read in pieces of 1 MiB', async () => {
  questions.length = 0;
  await (await get('output/1/big.bin')).arrayBuffer();
  const lengths = questions.flatMap((question) => (question.kind === 'read-output' ? [question.length] : []));
  expect(lengths).toEqual([1_048_576, 1_048_576, 402_848]);
});

test.each([
  ['bytes=0-9', 0, 10],
  ['bytes=2499990-', 2_499_990, 2_500_000],
  ['bytes=-7', 2_499_993, 2_500_000],
  ['bytes=1048570-1048580', 1_048_570, 1_048_581],
  ['bytes=2499999-9999999', 2_499_999, 2_500_000],
])('the range %s is served alone', async (range, start, end) => {
  const response = await get('output/1/big.bin', { range });
  expect(response.status).toBe(206);
  expect(response.headers.get('content-range')).toBe(`bytes ${start}-${end - 1}/2500000`);
  expect(Buffer.from(await response.arrayBuffer()).equals(BIG.subarray(start, end))).toBe(true);
});

test('a range past the end is refused, an unreadable one or one of another version gets the whole', async () => {
  const past = await get('output/1/big.bin', { range: 'bytes=2500000-' });
  expect(past.status).toBe(416);
  expect(past.headers.get('content-range')).toBe('bytes */2500000');
  for (const headers of [
    { range: 'lines=1-2' },
    { range: 'bytes=5-2' },
    { range: 'bytes=0-1,4-5' },
    { range: 'bytes=0-1', 'if-range': '"old"' },
  ]) {
    expect((await get('output/1/table.csv', headers as Record<string, string>)).status).toBe(200);
  }
  const { headers } = await get('output/1/table.csv', {}, 'HEAD');
  const etag = headers.get('etag') ?? '';
  expect(headers.get('content-length')).toBe('8');
  expect((await get('output/1/table.csv', { 'if-none-match': etag })).status).toBe(304);
  expect((await get('output/1/table.csv', { range: 'bytes=0-1', 'if-range': etag })).status).toBe(206);
});

test('what a program wrote cannot act as a page of ours', async () => {
  const html = await get('output/1/page.html');
  expect(html.headers.get('content-type')).toBe('application/octet-stream');
  expect(html.headers.get('content-disposition')).toMatch(/^attachment/);
  const svg = await get('output/1/picture.svg');
  expect(svg.headers.get('content-disposition')).toMatch(/^inline/);
  expect(svg.headers.get('content-security-policy')).toMatch(/sandbox/);
  expect(svg.headers.get('x-content-type-options')).toBe('nosniff');
  expect((await get('output/1/table.csv?download')).headers.get('content-disposition')).toMatch(/^attachment/);
});

/** Node's fetch tidies a path up before it is sent. */
async function raw(path: string): Promise<number> {
  const url = new URL(api.api.url);
  const call = request({ host: url.hostname, port: url.port, path, headers: { authorization: `Bearer ${api.token}` } }).end();
  const [response] = await once(call, 'response');
  response.resume();
  return response.statusCode;
}

test.each([
  '..',
  '../x',
  '%2e%2e/x',
  'a/%2e%2e/%2e%2e/x',
  '%2Fetc/passwd',
  'a%2Fb',
  'a%00b',
  '/etc/passwd',
  'a//b',
  './a',
  'a/..',
  '%',
  '%ff',
  '..%2f..%2fx',
])('the path %s leads nowhere', async (path) => {
  questions.length = 0;
  expect(await raw(`/files/jobs/${id}/${path}`)).toBeGreaterThanOrEqual(400);
  expect(questions).toEqual([]);
});

test.each(['..', '../x', '/etc', 'a/../../b', 'a\u0000b', './a', 'a//b', 'x'.repeat(5000)])(
  'outputs are not listed at %j',
  async (path) => {
    questions.length = 0;
    const { errors } = await api.call('query ($id: ID!, $path: String!) { job(id: $id) { outputs(path: $path) { name } } }', { id, path });
    expect(errors?.[0]?.extensions.code).toBe('BAD_INPUT');
    expect(questions).toEqual([]);
  },
);

test('a directory or a missing file is told with its status', async () => {
  expect((await get('output/1')).status).toBe(400);
  expect((await get('output/none')).status).toBe(404);
});

test('a log is followed while it grows, whole letters at a time, and ends with its task', async () => {
  interface Chunk {
    readonly taskLog: { offset: number; nextOffset: number; text: string; complete: boolean };
  }
  const query = 'subscription ($id: ID!) { taskLog(jobId: $id, task: 1) { offset nextOffset text complete } }';
  const grow = async (bytes: Buffer, complete = false) => {
    log.bytes = Buffer.concat([log.bytes, bytes]);
    log.complete = complete;
    await notifyLog(api.db, Number(id), 1, 'stdout');
  };
  const euro = Buffer.from('€');
  await grow(Buffer.concat([Buffer.from('price: '), euro.subarray(0, 1)]));
  const steps = [() => grow(Buffer.concat([euro.subarray(1), Buffer.from('5\n')])), () => grow(Buffer.from('bye\n'), true)];
  const chunks = await takeUntil<Chunk>(api.socket().iterate({ query, variables: { id } }), () => {
    void steps.shift()?.();
    return false;
  });
  expect(chunks.map(({ taskLog }) => taskLog.text).join('')).toBe('price: €5\nbye\n');
  expect(chunks[0]?.taskLog).toEqual({ offset: 0, nextOffset: 7, text: 'price: ', complete: false });
  expect(chunks.at(-1)?.taskLog).toMatchObject({ nextOffset: log.bytes.length, complete: true });

  const part =
    'query ($id: ID!, $length: Int!) { job(id: $id) { task(number: 1) { log(offset: 4, length: $length) { offset nextOffset text complete } } } }';
  const { data } = await api.call(part, { id, length: 5 });
  expect(data.job.task.log).toEqual({ offset: 4, nextOffset: 7, text: 'e: ', complete: false });
  expect((await api.call(part, { id, length: 2_000_000 })).errors?.[0]?.extensions.code).toBe('BAD_INPUT');
});
