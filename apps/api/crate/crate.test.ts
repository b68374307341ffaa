import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KnownError, type Question, RUN_SCRIPTS } from '@kiln/domain';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startTestApi, submitted, type TestApi } from '../testing/start-test-api.ts';

/** What the worker of this test says; each test chooses. */
let worker: (question: Question) => { value: unknown; body?: Uint8Array } = () => ({ value: null });
let api: TestApi;
let job: string;
let temporary: string;

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'kiln-crates-'));
  vi.stubEnv('TMPDIR', temporary);
  api = await startTestApi();
  await api.answer(async (question) => worker(question));
  job = await submitted(api);
});
afterAll(async () => {
  await api?.close();
  vi.unstubAllEnvs();
  await rm(temporary, { recursive: true, force: true });
});

const get = (token = api.token, init: RequestInit = {}) =>
  fetch(`${api.api.url}/files/jobs/${job}/crate.zip`, { ...init, headers: { authorization: `Bearer ${token}` } });
/** What entities are kept in until the crate is complete. */
const leftovers = async () => (await readdir(temporary)).filter((name) => name.startsWith('kiln-crate-'));

const SCRIPTS = Object.fromEntries(RUN_SCRIPTS.map((name) => [name, 'true\n']));

/** There is one log of so many bytes; `read` gives them. */
const withLog = (size: number, read: (length: number) => Uint8Array) => (question: Question) => {
  if (question.kind === 'run-scripts') return { value: SCRIPTS };
  if (question.kind === 'read-parts') return { value: null, body: read(question.parts[0]?.length ?? 0) };
  if (question.kind !== 'list-directories') throw new Error(question.kind);
  const log = { name: '1.out', kind: 'file', size, modifiedAt: null };
  return { value: question.paths.map((path) => (path === 'logs' ? [log] : null)) };
};

test('only the owner of a job has its crate', async () => {
  const answer = await get(await api.someoneElse());
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({ errors: [{ message: `You have no job ${job}.`, extensions: { code: 'NOT_FOUND' } }] });
  expect((await get('nonsense')).status).toBe(401);
});

test('it is a file to be saved, also while the job has no tasks yet', async () => {
  worker = withLog(5, () => Buffer.from('said\n'));
  const answer = await get();
  expect(answer.headers.get('content-disposition')).toContain(`randnum${job}.crate.zip`);
  expect(answer.headers.get('content-type')).toBe('application/zip');
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(bytes.subarray(0, 2).toString()).toBe('PK');
  for (const name of ['ro-crate-metadata.json', 'run.sh', 'logs/1.out', 'connector/process_payload/main.sh'])
    expect(bytes.includes(name)).toBe(true);
  await vi.waitFor(async () => expect(await leftovers()).toEqual([]), 20_000);
});

test('what fails before there is a byte is told in words', async () => {
  worker = () => {
    throw new KnownError('PLATFORM_UNAVAILABLE', 'The storage cannot be reached.');
  };
  const answer = await get();
  expect(answer.status).toBe(502);
  expect(await answer.json()).toMatchObject({ errors: [{ message: 'The storage cannot be reached.' }] });
  expect(await leftovers()).toEqual([]);
});

test('what fails later breaks it off, so that nobody takes a part for the whole', async () => {
  worker = withLog(5, () => {
    throw new KnownError('CONFLICT', 'logs/1.out became shorter while it was read.');
  });
  await expect(get().then((answer) => answer.arrayBuffer())).rejects.toThrow();
  await vi.waitFor(async () => expect(await leftovers()).toEqual([]), 20_000);
});

test('when nobody wants it any more, nothing more is read', async () => {
  let asked = 0;
  worker = withLog(2 ** 40, (length) => {
    asked += 1;
    return Buffer.alloc(length, asked);
  });
  const given = new AbortController();
  const answer = await get(api.token, { signal: given.signal });
  await answer.body?.getReader().read();
  given.abort();
  await vi.waitFor(async () => expect(await leftovers()).toEqual([]), 20_000);
  expect(asked).toBeLessThan(2 ** 20);
});
