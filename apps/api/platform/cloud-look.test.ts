import { asks } from '@kiln/db/schema-workers';
import { createSealingKey, unseal } from '@kiln/db/sealing';
import { publishSealingKey } from '@kiln/db/sealing-key';
import { KnownError, type Question } from '@kiln/domain';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestApi, type TestApi, type Variables } from '../testing/start-test-api.ts';

const SECRET = 'correct-horse';
const key = createSealingKey();
const WHERE = { endpoint: 'https://cloud.example.org:5000/', region: 'One' };
const CREDENTIAL = { applicationCredential: { id: 'abc', secret: SECRET } };
const LOOK = {
  choices: {
    images: [{ id: 'i1', name: 'debian-12' }],
    sizes: [{ id: 'f1', name: 'small', cores: 0.5, memory: 4_294_967_296 }],
    networks: [{ id: 'n1', name: 'private' }],
    floatingNetworks: [],
    zones: [],
    regions: ['One'],
  },
  quota: { machines: 3, cores: null, memory: 9_007_199_254_740_991 }, // whatever a cloud says
  cut: ['images'],
};
const DOCUMENT = `mutation ($input: LookAtCloudInput!) {
  result: lookAtCloud(input: $input) {
    look {
      images { id name } sizes { id name cores memory } networks { id name } floatingNetworks { id } zones { id } regions cut
      quota { machines cores memory }
    }
    problems { path code message }
  }
}`;
const REGISTER = `mutation ($input: RegisterPlatformInput!) { registerPlatform(input: $input) { problems { message } } }`;

let api: TestApi;
let questions: Question[];
/** What the question's body holds, and what stands in the database while somebody waits. */
let opened: unknown[];
let stored: string[];
let refusal: KnownError | null;
let held: Promise<void> | null;
beforeAll(async () => {
  api = await startTestApi();
  await publishSealingKey(api.db, key.publicKey);
  await api.answer(async (question, body) => {
    questions.push(question);
    stored.push(JSON.stringify(await api.db.orm.select().from(asks)));
    opened.push(body && JSON.parse(unseal(key.privateKey, body)));
    await held;
    if (refusal) throw refusal;
    return { value: LOOK };
  });
});
afterAll(() => api.close());
beforeEach(() => {
  [questions, opened, stored, refusal, held] = [[], [], [], null, null];
});

async function look(input: Variables, token?: string) {
  const { data, errors } = await api.call(DOCUMENT, { input }, token);
  return { ...data?.result, errors };
}
const given = (more: Variables = {}) => look({ cloud: WHERE, enrolment: CREDENTIAL, ...more });

it('what a cloud has is told of what was typed, and the credential is sealed and kept nowhere', async () => {
  const { choices, quota, cut } = LOOK;
  const told = await given();
  expect(told.problems).toEqual([]);
  expect(told.look).toEqual({ ...choices, quota, cut });
  const place = { provider: 'openstack', endpoint: 'https://cloud.example.org:5000/v3', region: 'One', interface: 'public' };
  expect(questions).toEqual([{ kind: 'look-at-cloud', cloud: place }]);
  expect(opened).toEqual([{ kind: 'application-credential', id: 'abc', secret: SECRET }]);
  expect(stored[0]).toContain('look-at-cloud');
  expect(stored[0]).not.toContain(SECRET);
  expect(await api.db.orm.select().from(asks)).toEqual([]);
});

it('a cloud that is a platform is looked at by its name, by those whose it is', async () => {
  const cloud = { ...WHERE, image: 'debian-12', size: 'small', network: 'private', user: 'debian', sourceRange: '192.0.2.0/24' };
  await api.call(REGISTER, { input: { name: 'sky', kind: 'cloud', cloud, enrolment: CREDENTIAL } });
  expect((await look({ platform: 'sky' })).look.images).toHaveLength(1);
  expect([questions, opened]).toEqual([[{ kind: 'look-at-cloud', cloud: { platform: 'sky' } }], [null]]);
  const theirs = await look({ platform: 'sky' }, await api.someoneElse());
  expect(theirs.errors[0].extensions.code).toBe('NOT_FOUND');
  expect((await look({ platform: 'local' })).errors[0].extensions.code).toBe('FORBIDDEN');
  expect((await look({ platform: 'sky', cloud: WHERE, enrolment: CREDENTIAL })).problems).toHaveLength(1);
  expect(questions).toHaveLength(1);
});

it('what cannot be a cloud or its credential is told without asking anybody, and repeats no secret', async () => {
  const wrong = await look({ cloud: { endpoint: 'cloud' }, enrolment: { applicationCredential: { id: 'a', secret: `${SECRET}\n` } } });
  expect(wrong.problems.map(({ path }: { path: string[] }) => path.join('.'))).toEqual([
    'cloud.endpoint',
    'enrolment.applicationCredential.secret',
  ]);
  expect(JSON.stringify(wrong)).not.toContain(SECRET);
  const mixed = await look({ cloud: { provider: 'ec2', region: 'eu-central-1' }, enrolment: CREDENTIAL });
  expect(mixed.problems).toMatchObject([{ path: ['enrolment'], message: 'EC2 is opened with an access key.' }]);
  expect(questions).toEqual([]);
});

it.each<[ConstructorParameters<typeof KnownError>, Variables, string]>([
  [['LOGIN_REFUSED', 'No.'], {}, 'enrolment.applicationCredential.secret'],
  [
    ['LOGIN_REFUSED', 'No.'],
    { enrolment: { cloudLogin: { user: 'ann', password: SECRET, project: 'ours' } } },
    'enrolment.cloudLogin.password',
  ],
  [['PLATFORM_UNAVAILABLE', 'It cannot be reached.'], {}, 'cloud.endpoint'],
  [['BAD_INPUT', 'It has no compute service in the region One.'], {}, 'cloud.region'],
  [
    ['LOGIN_REFUSED', 'No.'],
    { cloud: { provider: 'ec2', region: 'eu-central-1' }, enrolment: { accessKey: { accessKeyId: 'AK', secretAccessKey: SECRET } } },
    'enrolment.accessKey.secretAccessKey',
  ],
  [
    ['PLATFORM_UNAVAILABLE', 'It cannot be reached.'],
    { cloud: { provider: 'ec2', region: 'eu-central-1' }, enrolment: { accessKey: { accessKeyId: 'AK', secretAccessKey: SECRET } } },
    'cloud.region',
  ],
])('of %j at %j it is told at the field %s', async ([code, message], input, path) => {
  refusal = new KnownError(code, message);
  const told = await given(input);
  expect(told.look).toBeNull();
  expect(told.problems).toEqual([{ path: path.split('.'), code, message }]);
});

it('a failure inside of Kiln is no problem with what was given', async () => {
  refusal = new KnownError('DATABASE_AWAY', 'Away.');
  expect((await given()).errors[0].extensions.code).toBe('DATABASE_AWAY');
});

it('one user looks at two clouds at once at most, and not for ever', async () => {
  const ann = await api.someoneElse('ann');
  const mine = () => look({ cloud: WHERE, enrolment: CREDENTIAL }, ann);
  let release = () => {};
  held = new Promise((resolve) => {
    release = resolve;
  });
  const first = [mine(), mine()];
  await expect.poll(() => questions.length).toBe(2);
  expect((await mine()).errors[0].message).toContain('already');
  expect(await Promise.race([given(), new Promise((resolve) => setTimeout(resolve, 1, 'waits'))])).toBe('waits'); // another user may
  release();
  for (const one of await Promise.all(first)) expect(one.look.images).toHaveLength(1);
  for (let i = 2; i < 30; i += 1) expect((await mine()).errors).toBeUndefined();
  expect((await mine()).errors[0]).toMatchObject({ message: expect.stringContaining('30 times'), extensions: { code: 'PLATFORM_BUSY' } });
});
