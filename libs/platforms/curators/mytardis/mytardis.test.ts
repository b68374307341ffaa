import { CURATION_SCHEMAS, type CuratedFile, type CuratorKey, type NewDataset } from '@kiln/domain';
import { type MyTardisServer, myTardisServer } from '@kiln/testing/mytardis/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { examineCurator } from '../../examine/mytardis.ts';
import { myTardis } from './mytardis.ts';

const KNOWN = CURATION_SCHEMAS.job;
const PASSWORD: CuratorKey = { kind: 'curator-password', secret: 'secret' };

let server: MyTardisServer;
beforeEach(async () => {
  server = await myTardisServer([KNOWN]);
});
afterEach(() => server.close());

function curator({ job = 7, key = PASSWORD, largestFile = 1 } = {}) {
  const address = { url: server.url, user: 'ann', largestFile };
  const publisher = { tag: `kiln:ab12:${job}`, label: `pi${job}-ab12` };
  return myTardis({ address, key, signal: new AbortController().signal }, publisher);
}

function file(path: string, text: string): CuratedFile {
  const bytes = new TextEncoder().encode(text);
  const parts = path.split('/');
  async function* read() {
    for (let i = 0; i < bytes.length; i += 3) yield bytes.subarray(i, i + 3);
  }
  return { directory: parts.slice(0, -1).join('/'), name: parts.at(-1) ?? '', size: bytes.length, read };
}

const NEW = { id: null, title: 'mine/pi7', parameterSets: [] };
const dataset = (...files: readonly CuratedFile[]): NewDataset => ({ name: 'final_0_1', parameterSets: [], files });
const told = (parameters: Record<string, string | number>) => [{ schema: KNOWN, parameters }];
const stored = () => server.records.files.map(({ directory, filename, content }) => [directory, filename, content.toString()]);

test('an experiment is made once, however often it is asked for and whatever becomes of the answer', async () => {
  server.fault = (request) => (request === 'POST experiment/' ? 'lost' : null);
  await expect(curator().experiment(NEW)).rejects.toMatchObject({ code: 'PLATFORM_UNAVAILABLE', retryable: true });
  server.fault = () => null;
  const made = await curator().experiment(NEW);
  expect(made).toEqual({ id: 1, url: `${server.url}/experiment/view/1/`, unknown: [] });
  expect(await curator().experiment(NEW)).toEqual(made);
  expect(await curator({ job: 8 }).experiment(NEW)).toMatchObject({ id: 2 });
  expect(server.records.experiments.map(({ title }) => title)).toEqual(['mine/pi7', 'mine/pi7']);
});

test('of an experiment that was half made, the parameter sets are added', async () => {
  const wanted = { ...NEW, parameterSets: told({ job: 7 }) };
  await curator().experiment(NEW);
  await curator().experiment(wanted);
  await curator().experiment(wanted);
  expect(server.records.experiments[0]?.sets).toEqual([{ schema: KNOWN, parameters: { job: '7' } }]);
});

test('of a dataset that was half made, the parameter sets are added', async () => {
  await curator().experiment(NEW);
  const wanted = { ...dataset(file('n', 'one')), parameterSets: told({ task: 7 }) };
  await curator().dataset(1, { ...wanted, parameterSets: [] });
  for (let i = 0; i < 2; i += 1) expect(await curator().dataset(1, wanted)).toMatchObject({ files: 1 });
  expect(server.records.datasets).toMatchObject([{ sets: [{ schema: KNOWN, parameters: { task: '7' } }] }]);
});

test('parameter sets of a schema that MyTardis does not know are left out, and it is said', async () => {
  const parameterSets = [...told({ job: 7 }), { schema: 'http://example.org/unknown', parameters: { a: 1 } }];
  expect(await curator().experiment({ ...NEW, parameterSets })).toMatchObject({ unknown: ['http://example.org/unknown'] });
  expect(server.records.experiments).toHaveLength(1);
  expect(server.records.experiments[0]?.sets).toHaveLength(1);
});

test('an experiment that is there is used, and datasets in it say whose they are', async () => {
  await curator().experiment(NEW);
  const other = curator({ job: 8 });
  expect(await other.experiment({ ...NEW, id: 1 })).toMatchObject({ id: 1 });
  await other.dataset(1, dataset(file('n', 'one')));
  await curator().dataset(1, dataset(file('n', 'one')));
  expect(server.records.datasets.map(({ description }) => description)).toEqual(['pi8-ab12/final_0_1', 'final_0_1']);
});

test('an experiment that is not there is no trouble that passes', async () => {
  const message = `${server.url} has no experiment 99 that ann may see; give another number, or none for a new one.`;
  await expect(curator().experiment({ ...NEW, id: 99 })).rejects.toMatchObject({ code: 'NOT_FOUND', retryable: false, message });
});

test('files come with their directories, sizes, types and checksums', async () => {
  const { id } = await curator().experiment(NEW);
  const sent = await curator().dataset(id, {
    ...dataset(file('pi.txt', '3.14\n'), file('a/b/"quoted".csv', 'x,y\n')),
    parameterSets: told({ task: 1 }),
  });
  expect(sent).toEqual({ files: 2, bytes: 9, leftOut: [], unknown: [] });
  expect(stored()).toEqual([
    ['', 'pi.txt', '3.14\n'],
    ['a/b', '"quoted".csv', 'x,y\n'],
  ]);
  expect(server.records.files.map(({ mimetype, size }) => [mimetype, size])).toEqual([
    ['text/plain', '5'],
    ['text/csv', '4'],
  ]);
  expect(server.records.datasets[0]?.sets).toEqual([{ schema: KNOWN, parameters: { task: '1' } }]);
});

test('a file whose answer was lost, or that was cut, is there once', async () => {
  const { id } = await curator().experiment(NEW);
  const faults = ['lost', 'cut', 500, 'lost'] as const;
  let uploads = 0;
  server.fault = (request) => (request === 'POST dataset_file/' ? (faults[uploads++] ?? null) : null);
  const three = dataset(file('1', 'one'), file('2', 'two'), file('3', 'three'));
  for (const _fault of faults)
    await curator()
      .dataset(id, three)
      .catch((error) => expect(error.retryable).toBe(true));
  expect(await curator().dataset(id, three)).toEqual({ files: 3, bytes: 11, leftOut: [], unknown: [] });
  expect(stored()).toEqual([
    ['', '1', 'one'],
    ['', '2', 'two'],
    ['', '3', 'three'],
  ]);
  expect(server.records.datasets).toHaveLength(1);
});

test('what cannot be there is left out and said: empty, too large, or there with another content', async () => {
  const { id } = await curator().experiment(NEW);
  await curator().dataset(id, dataset(file('n', 'one')));
  const large = { ...file('large', ''), size: 2 * 1024 * 1024 };
  expect(await curator().dataset(id, dataset(file('n', 'two'), file('none', ''), large, file('m', 'm')))).toEqual({
    files: 1,
    bytes: 1,
    leftOut: [
      'final_0_1/none is empty.',
      'final_0_1/large has more than the 1 MiB that a file may have.',
      'final_0_1/n is in MyTardis with another content, which stays.',
    ],
    unknown: [],
  });
  expect(stored().map(([, name, text]) => [name, text])).toEqual([
    ['n', 'one'],
    ['m', 'm'],
  ]);
});

test('nothing counts before MyTardis has verified it', async () => {
  const { id } = await curator().experiment(NEW);
  server.verifiedAfter = 3;
  await curator().dataset(id, dataset(file('n', 'one')));
  expect(server.records.files[0]?.looks).toBe(3);
  expect(server.requests).toContain('GET dataset_file/1/verify/');
});

test('a file that changes while it is read is tried again', async () => {
  const { id } = await curator().experiment(NEW);
  const shorter = { ...file('n', 'one'), size: 5 };
  await expect(curator().dataset(id, dataset(shorter))).rejects.toMatchObject({ code: 'CONFLICT', retryable: true });
  expect(server.records.files).toEqual([]);
});

test('more datasets than a page has are looked through', async () => {
  const { id } = await curator().experiment(NEW);
  const many = Array.from({ length: 450 }, (_, i) => file(`n${i}`, `${i}`));
  expect(await curator().dataset(id, dataset(...many))).toMatchObject({ files: 450 });
  expect(await curator().dataset(id, dataset(...many))).toMatchObject({ files: 450 });
  expect(server.records.files).toHaveLength(450);
});

test('a wrong password and a missing permission are refusals that can be mended', async () => {
  const wrong: CuratorKey = { kind: 'curator-password', secret: 'wrong' };
  const refusal = { code: 'LOGIN_REFUSED', retryable: true, message: expect.stringContaining('does not let ann do this') };
  await expect(curator({ key: wrong }).experiment(NEW)).rejects.toMatchObject(refusal);
  server.user.may = { ...server.user.may, add_experiment: false };
  await expect(curator().experiment(NEW)).rejects.toMatchObject(refusal);
});

test('an API key opens it as a password does', async () => {
  await expect(curator({ key: { kind: 'api-key', secret: '0a1b2c' } }).experiment(NEW)).resolves.toMatchObject({ id: 1 });
});

async function examined(key: CuratorKey) {
  const kept: CuratorKey[] = [];
  const address = { url: server.url, user: 'ann', largestFile: 1 };
  const keep = async (one: CuratorKey) => void kept.push(one);
  const result = await examineCurator({ address, key, report: async () => {}, keep, signal: new AbortController().signal });
  return { ...result, kept };
}

test('a check logs in, makes an experiment and removes it', async () => {
  const { ready, findings, kept } = await examined(PASSWORD);
  expect({ ready, statuses: findings.map(({ name, status }) => [name, status]), kept }).toEqual({
    ready: true,
    statuses: [
      ['Connection', 'ok'],
      ['Login', 'ok'],
      ['Experiments', 'ok'],
    ],
    kept: [PASSWORD],
  });
  expect(server.records.experiments).toEqual([]);
});

test('a check that may not remove its experiment makes one only, however often it is asked for', async () => {
  server.user.may = { ...server.user.may, delete_experiment: false };
  expect((await examined(PASSWORD)).findings.at(-1)?.status).toBe('warning');
  expect((await examined(PASSWORD)).ready).toBe(true);
  expect(server.records.experiments).toHaveLength(1);
});

test('a check says at which step it was refused, and keeps no wrong password', async () => {
  const wrong = await examined({ kind: 'curator-password', secret: 'wrong' });
  expect([wrong.ready, wrong.kept, wrong.findings.at(-1)]).toMatchObject([false, [], { name: 'Login', status: 'failed' }]);
  server.user.may = { ...server.user.may, add_experiment: false };
  expect((await examined(PASSWORD)).findings.at(-1)).toMatchObject({ name: 'Experiments', status: 'failed' });
});

test('a check of what is no MyTardis says so', async () => {
  server.fault = () => 200;
  const { ready, findings } = await examined(PASSWORD);
  expect([ready, findings.at(-1)?.message]).toEqual([false, expect.stringContaining('is that its address?')]);
});
