import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { platforms } from '@kiln/db/schema';
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
  await mkdir(join(api.payloads, 'taking'));
  const manifest = 'description: Takes.\nrunsOn: unix\ncommand: ls "$1"\ninput: required\n';
  await writeFile(join(api.payloads, 'taking', 'connector.yaml'), manifest);
});
afterAll(() => api.close());

const FIELDS = '{ platform { kind provider connection { host } url } problems { path message } }';
const REGISTER = `mutation ($input: RegisterPlatformInput!) { result: registerPlatform(input: $input) ${FIELDS} }`;
const UPDATE = `mutation ($name: String!, $input: UpdatePlatformInput!) { result: updatePlatform(name: $name, input: $input) ${FIELDS} }`;

async function told(document: string, variables: Variables) {
  const { data, errors } = await api.call(document, variables);
  expect(errors).toBeUndefined();
  const found: { path: string[]; message: string }[] = data.result.problems;
  return { platform: data.result.platform, problems: Object.fromEntries(found.map(({ path, message }) => [path.join('.'), message])) };
}
const register = (input: Variables) => told(REGISTER, { input: { name: 'web', kind: 'http', ...input } });
const update = (input: Variables) => told(UPDATE, { name: 'web', input });
const enrolment = async () => {
  const [row] = await api.db.orm.select().from(platforms).where(eq(platforms.name, 'web'));
  return JSON.parse(unseal(key.privateKey, row?.enrolment ?? Buffer.alloc(0)));
};

it.each([
  '',
  'ftp://example.org',
  'https://ann:x@example.org',
  'https://example.org/?a=b',
  'https://example.org/#a',
  'https://',
  'https://a b',
])('the address %j is none of a web server', async (url) => {
  expect((await register({ url })).problems).toEqual({ url: expect.stringContaining('begins with https:// or http://') });
});

it('everything that is wrong with a login is told, and no secret goes over an open line or is repeated', async () => {
  const url = 'http://data.example.org';
  const open = await register({ url, enrolment: { token: SECRET } });
  expect(open.problems).toEqual({ url: expect.stringContaining('is not sent to a server that is not encrypted') });
  const wrong = await register({
    url,
    enrolment: { login: { user: 'a:b', password: `${SECRET}\n` } },
    connection: { host: 'h', user: 'ann' },
  });
  expect(Object.keys(wrong.problems).sort()).toEqual(['', 'enrolment.login.password', 'enrolment.login.user']);
  const key = await register({ url, enrolment: { password: SECRET } });
  expect(key.problems).toEqual({ enrolment: 'A web server is opened with a login, with a token, or with nothing.' });
  const machine = await register({ kind: 'unix', url, connection: { host: 'h', user: 'ann' }, enrolment: { token: SECRET } });
  expect(machine.problems).toEqual({
    url: 'Only platforms of the kind http have a url.',
    enrolment: 'A login or a token opens web servers only.',
  });
  expect(JSON.stringify([open, wrong, key, machine])).not.toContain(SECRET);
});

it('a web server is registered, changed, and its login is sealed', async () => {
  const shown = { kind: 'http', provider: 'http', connection: null };
  expect(await register({ url: 'http://data.example.org/our%20sets//' })).toEqual({
    platform: { ...shown, url: 'http://data.example.org/our%20sets' },
    problems: {},
  });
  expect(await enrolment()).toEqual({ kind: 'open' });
  expect((await update({ enrolment: { token: SECRET } })).problems).toEqual({ url: expect.stringContaining('not encrypted') });
  const change = { url: 'https://data.example.org', enrolment: { login: { user: 'ann', password: SECRET } } };
  expect(await update(change)).toEqual({ platform: { ...shown, url: change.url }, problems: {} });
  expect(await enrolment()).toEqual({ kind: 'login', user: 'ann', password: SECRET });
  expect((await update({ bucket: { name: 'x' } })).problems).toEqual({ bucket: "'web' has none: it is of the kind http." });
  const rotated = await api.call('mutation { rotatePlatformKey(name: "web") { name } }');
  expect(rotated.errors).toMatchObject([{ message: "'web' is a web server: change its login instead." }]);
});

it('what opens one web server is not told to another that it is moved to', async () => {
  await api.db.orm
    .update(platforms)
    .set({ credential: Buffer.from('sealed') })
    .where(eq(platforms.name, 'web'));
  const credential = async () => (await api.db.orm.select().from(platforms).where(eq(platforms.name, 'web')))[0]?.credential;
  await update({ url: 'https://data.example.org/pub' });
  expect([await enrolment(), (await credential())?.toString()]).toEqual([{ kind: 'login', user: 'ann', password: SECRET }, 'sealed']);
  await update({ url: 'https://other.example.org/pub' });
  expect([await enrolment(), await credential()]).toEqual([{ kind: 'open' }, null]);
  await update({ url: 'https://data.example.org', enrolment: { token: SECRET } });
  expect([await enrolment(), await credential()]).toEqual([{ kind: 'token', token: SECRET }, null]);
});

const SUBMIT = 'mutation ($input: SubmitJobInput!) { submitJob(input: $input) { job { id } problems { path message } } }';
const FORM = 'query ($name: String!) { connector(name: $name) { form } }';

it('jobs may take input from it, and may not leave results there', async () => {
  const problemsOf = async (parameters: Variables) => {
    const { data } = await api.call(SUBMIT, { input: { connector: 'taking', parameters } });
    return Object.fromEntries(
      data.submitJob.problems.map(({ path, message }: { path: string[]; message: string }) => [path.join('.'), message]),
    );
  };
  const input = { input_storage: 'web', input_path: 'cases/may' };
  expect(await problemsOf(input)).toEqual({ input_storage: expect.stringContaining("'web' is registered and not ready yet") });
  await api.db.orm
    .update(platforms)
    .set({ facts: { home: '', root: '', cores: 0, scheduler: null } })
    .where(eq(platforms.name, 'web'));
  const { data } = await api.call(FORM, { name: 'taking' });
  const choices = (name: string) => data.connector.form.properties[name].oneOf.map((one: { const: string }) => one.const);
  expect([choices('input_storage'), choices('output_storage')]).toEqual([['local', 'web'], ['local']]);
  expect(await problemsOf({ ...input, output_storage: 'web' })).toEqual({
    output_storage: "'web' is only read and keeps no results; choose local.",
  });
  const id = await submitted(api, 'taking', input);
  expect((await update({ url: 'https://elsewhere.example.org' })).problems).toEqual({ url: expect.stringContaining(`${id} (taking)`) });
});
