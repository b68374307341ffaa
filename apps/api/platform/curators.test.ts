import { jobs, platforms } from '@kiln/db/schema';
import { createSealingKey, unseal } from '@kiln/db/sealing';
import { publishSealingKey } from '@kiln/db/sealing-key';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, submitted, type TestApi, type Variables } from '../testing/start-test-api.ts';

const SECRET = 'correct-horse';
const key = createSealingKey();

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await publishSealingKey(api.db, key.publicKey);
});
afterAll(() => api.close());

const FIELDS = '{ platform { kind provider connection { host } curator { url user largestFile } } problems { path message } }';
const REGISTER = `mutation ($input: RegisterPlatformInput!) { result: registerPlatform(input: $input) ${FIELDS} }`;
const UPDATE = `mutation ($name: String!, $input: UpdatePlatformInput!) { result: updatePlatform(name: $name, input: $input) ${FIELDS} }`;

async function told(document: string, variables: Variables) {
  const { data, errors } = await api.call(document, variables);
  expect(errors).toBeUndefined();
  const found: { path: string[]; message: string }[] = data.result.problems;
  return { platform: data.result.platform, problems: Object.fromEntries(found.map(({ path, message }) => [path.join('.'), message])) };
}
const curator = { url: 'https://mytardis.example.org', user: 'ann' };
const register = (input: Variables) =>
  told(REGISTER, { input: { name: 'tardis', kind: 'mytardis', curator, enrolment: { password: SECRET }, ...input } });
const enrolment = async () => {
  const [row] = await api.db.orm.select().from(platforms).where(eq(platforms.name, 'tardis'));
  return JSON.parse(unseal(key.privateKey, row?.enrolment ?? Buffer.alloc(0)));
};

it('everything that is wrong with a MyTardis is told at once, and no password goes over an open line', async () => {
  const open = await register({
    curator: { url: 'http://mytardis.example.org', user: 'a:b', largestFile: 0 },
    enrolment: { showKey: true },
  });
  expect(open.problems).toEqual({
    'curator.url': expect.stringContaining('begins with https://'),
    'curator.user': expect.stringContaining('without a colon'),
    'curator.largestFile': expect.stringContaining('from 1 to'),
    enrolment: 'A MyTardis is opened with a password or an API key.',
  });
  expect(Object.keys((await register({ curator: null })).problems)).toEqual(['curator.url', 'curator.user']);
  const machine = await register({ kind: 'unix', connection: { host: 'hpc.example.org', user: 'ann' }, enrolment: { apiKey: SECRET } });
  expect(machine.problems).toEqual({
    curator: 'Only platforms of the kind mytardis are curators.',
    enrolment: 'An API key is for a MyTardis only.',
  });
  expect(JSON.stringify([open, machine])).not.toContain(SECRET);
});

it('a MyTardis is registered with what is usual, changed, and its password or key is sealed', async () => {
  const known = { ...curator, largestFile: 2048 };
  const shown = { kind: 'mytardis', provider: 'mytardis', connection: null };
  expect(await register({ curator: { ...curator, url: `${curator.url}/` } })).toEqual({
    platform: { ...shown, curator: known },
    problems: {},
  });
  expect(await enrolment()).toEqual({ kind: 'curator-password', secret: SECRET });
  const change = { curator: { largestFile: 10 }, enrolment: { apiKey: 'a1b2' } };
  expect((await told(UPDATE, { name: 'tardis', input: change })).platform.curator).toEqual({ ...known, largestFile: 10 });
  expect(await enrolment()).toEqual({ kind: 'api-key', secret: 'a1b2' });
});

it('what opens one MyTardis is forgotten where another is named', async () => {
  const secrets = async () => {
    const [row] = await api.db.orm.select().from(platforms).where(eq(platforms.name, 'tardis'));
    return [row?.enrolment, row?.credential];
  };
  await api.db.orm
    .update(platforms)
    .set({ credential: Buffer.from('sealed') })
    .where(eq(platforms.name, 'tardis'));
  await told(UPDATE, { name: 'tardis', input: { curator: { user: 'bob' } } });
  expect(await secrets()).toEqual([expect.anything(), expect.anything()]);
  await told(UPDATE, { name: 'tardis', input: { curator: { url: 'https://other.example.org' } } });
  expect(await secrets()).toEqual([null, null]);
  await told(UPDATE, { name: 'tardis', input: { curator, enrolment: { apiKey: 'a1b2' } } });
  expect(await enrolment()).toEqual({ kind: 'api-key', secret: 'a1b2' });
});

const SUBMIT = 'mutation ($input: SubmitJobInput!) { submitJob(input: $input) { job { id } problems { path message } } }';
const problemsOf = async (parameters: Variables) => {
  const { data } = await api.call(SUBMIT, { input: { connector: 'randnum', parameters } });
  return data.submitJob.problems.map(({ path, message }: { path: string[]; message: string }) => `${path.join('.')}: ${message}`);
};

it('a submission names a MyTardis that is ready, or none', async () => {
  expect(await problemsOf({ curator: 'tardis' })).toEqual([expect.stringContaining("curator: 'tardis' is registered and not ready yet")]);
  expect(await problemsOf({ curator: 'local' })).toEqual([
    expect.stringContaining("curator: 'local' is a unix platform, where nothing is published"),
  ]);
  expect(await problemsOf({ curator: 'other' })).toEqual([expect.stringContaining("curator: There is no MyTardis 'other'")]);
  expect(await problemsOf({ curator_experiment: 4 })).toEqual([expect.stringContaining('name the MyTardis as curator')]);
  const facts = { home: '', root: '', cores: 0, scheduler: null };
  await api.db.orm.update(platforms).set({ facts }).where(eq(platforms.name, 'tardis'));
  expect(await problemsOf({ curator: 'tardis', curator_experiment: -1 })).toEqual([expect.stringContaining('curator_experiment')]);
  expect(await problemsOf({ output_storage: 'tardis' })).toEqual([expect.stringContaining("'tardis' keeps no results")]);
});

it('a job tells where it is published and how much of it is there, and holds its MyTardis', async () => {
  const id = await submitted(api, 'randnum', { curator: 'tardis', curator_title: 'Mine' });
  const curation = async () =>
    (
      await api.call('query ($id: ID!) { job(id: $id) { curation { curator experiment url complete datasets files leftOut } } }', {
        id: String(id),
      })
    ).data.job.curation;
  const nothing = { curator: 'tardis', experiment: null, url: null, complete: false, datasets: 0, files: 0, leftOut: 0 };
  expect(await curation()).toEqual(nothing);
  const there = { experiment: 3, url: 'https://mytardis.example.org/experiment/view/3/', datasets: 2, files: 5, bytes: 9, leftOut: 1 };
  await api.db.orm
    .update(jobs)
    .set({ curation: { ...there, unknown: [], iteration: 0, inputs: false, task: 1 } })
    .where(eq(jobs.id, Number(id)));
  expect(await curation()).toEqual({ ...nothing, experiment: '3', url: there.url, datasets: 2, files: 5, leftOut: 1 });
  const removal = 'mutation { deletePlatform(name: "tardis") { problems { message } jobs { id } } }';
  expect((await api.call(removal)).data.deletePlatform).toMatchObject({ jobs: [{ id: String(id) }] });
  const plain = await submitted(api, 'randnum', {});
  const { data } = await api.call('query ($id: ID!) { job(id: $id) { parameters curation { curator } } }', { id: String(plain) });
  expect(data.job).toEqual({ parameters: expect.not.objectContaining({ curator: '' }), curation: null });
});
