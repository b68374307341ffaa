import { platforms } from '@kiln/db/schema';
import { createSealingKey, unseal } from '@kiln/db/sealing';
import { publishSealingKey } from '@kiln/db/sealing-key';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi, type Variables } from '../testing/start-test-api.ts';

const SECRET = 'correct-horse';
const accessKey = { accessKeyId: 'AKIA', secretAccessKey: SECRET };
const key = createSealingKey();

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await publishSealingKey(api.db, key.publicKey);
});
afterAll(() => api.close());

const FIELDS =
  '{ platform { kind provider connection { host } bucket { endpoint region name prefix pathStyle } } problems { path message } }';
const REGISTER = `mutation ($input: RegisterPlatformInput!) { result: registerPlatform(input: $input) ${FIELDS} }`;
const UPDATE = `mutation ($name: String!, $input: UpdatePlatformInput!) { result: updatePlatform(name: $name, input: $input) ${FIELDS} }`;

async function told(document: string, variables: Variables) {
  const { data, errors } = await api.call(document, variables);
  expect(errors).toBeUndefined();
  const found: { path: string[]; message: string }[] = data.result.problems;
  return { platform: data.result.platform, problems: Object.fromEntries(found.map(({ path, message }) => [path.join('.'), message])) };
}
const register = (input: Variables) => told(REGISTER, { input: { name: 'shelf', kind: 's3', enrolment: { accessKey }, ...input } });

it('everything that is wrong with a bucket is told at once, and no secret is repeated', async () => {
  const wrong = await register({
    bucket: { endpoint: 's3.example.org/x', region: 'eu central', name: 'a/b', prefix: '../x' },
    enrolment: { accessKey: { accessKeyId: 'A', secretAccessKey: `${SECRET} ` } },
    connection: { host: 'hpc.example.org', user: 'ann' },
  });
  expect(Object.keys(wrong.problems).sort()).toEqual([
    ...['bucket.endpoint', 'bucket.name', 'bucket.prefix', 'bucket.region', 'connection', 'enrolment.accessKey.secretAccessKey'],
  ]);
  expect(JSON.stringify(wrong)).not.toContain(SECRET);
  expect((await register({})).problems).toEqual({ 'bucket.name': 'Say which bucket.' });
  const password = await register({ bucket: { name: 'results' }, enrolment: { password: SECRET } });
  expect(password.problems).toEqual({ enrolment: 'A bucket is opened with an access key.' });
  const machine = await register({ kind: 'unix', bucket: { name: 'results' }, connection: { host: 'hpc.example.org', user: 'ann' } });
  expect(machine.problems).toEqual({
    bucket: 'Only platforms of the kind s3 are buckets.',
    enrolment: 'An access key opens buckets only.',
  });
});

it('a bucket is registered with what is usual, changed, and its key is sealed', async () => {
  const bucket = { endpoint: 'https://s3.example.org', region: '', name: 'results', prefix: '', pathStyle: true };
  expect(await register({ bucket: { endpoint: bucket.endpoint, name: 'results' } })).toEqual({
    platform: { kind: 's3', provider: 's3', connection: null, bucket },
    problems: {},
  });
  const [row] = await api.db.orm.select().from(platforms).where(eq(platforms.name, 'shelf'));
  expect(String(row?.enrolment)).not.toContain(SECRET);
  expect(JSON.parse(unseal(key.privateKey, row?.enrolment ?? Buffer.alloc(0)))).toEqual({ kind: 'access-key', ...accessKey });

  const changed = await told(UPDATE, { name: 'shelf', input: { bucket: { prefix: 'of/ours', pathStyle: false } } });
  expect(changed.platform.bucket).toEqual({ ...bucket, prefix: 'of/ours', pathStyle: false });
  const elsewhere = await told(UPDATE, { name: 'shelf', input: { connection: { host: 'hpc.example.org' } } });
  expect(elsewhere.problems).toEqual({ connection: "'shelf' has none: it is of the kind s3." });
  const rotated = await api.call('mutation { rotatePlatformKey(name: "shelf") { name } }');
  expect(rotated.errors).toMatchObject([{ message: "'shelf' is a bucket: change its access key instead." }]);
});
