import { noteMachines } from '@kiln/db/rented-machines';
import { platforms } from '@kiln/db/schema';
import { createSealingKey, unseal } from '@kiln/db/sealing';
import { publishSealingKey } from '@kiln/db/sealing-key';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi, type Variables } from '../testing/start-test-api.ts';

const SECRET = 'correct-horse';
const key = createSealingKey();

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await publishSealingKey(api.db, key.publicKey);
});
afterAll(() => api.close());

const FIELDS = `{
  platform {
    kind provider maxNodes connection { host } settings { limits { lostAfter } }
    cloud { provider endpoint region interface image size network floatingNetwork user zone sourceRange bootTimeout pricePerHour userData }
  }
  problems { path message }
}`;
const REGISTER = `mutation ($input: RegisterPlatformInput!) { result: registerPlatform(input: $input) ${FIELDS} }`;
const UPDATE = `mutation ($name: String!, $input: UpdatePlatformInput!) { result: updatePlatform(name: $name, input: $input) ${FIELDS} }`;

async function told(document: string, variables: Variables) {
  const { data, errors } = await api.call(document, variables);
  expect(errors).toBeUndefined();
  const found: { path: string[]; message: string }[] = data.result.problems;
  return { platform: data.result.platform, problems: Object.fromEntries(found.map(({ path, message }) => [path.join('.'), message])) };
}
const cloud = {
  endpoint: 'https://cloud.example.org:5000/',
  image: 'debian-12',
  size: 'small',
  network: 'private',
  user: 'debian',
  sourceRange: '192.0.2.9/24',
};
const enrolment = { applicationCredential: { id: 'abc', secret: SECRET } };
const register = (input: Variables) => told(REGISTER, { input: { name: 'sky', kind: 'cloud', cloud, enrolment, ...input } });
const stored = async () => {
  const [row] = await api.db.orm.select().from(platforms).where(eq(platforms.name, 'sky'));
  return { row, enrolment: JSON.parse(unseal(key.privateKey, row?.enrolment ?? Buffer.alloc(0))) };
};

it('everything that is wrong with a cloud is told at once, and no secret is repeated', async () => {
  const wrong = await register({
    cloud: { endpoint: 'cloud', interface: 'admin', user: 'Ann', sourceRange: '10.0.0.0/99', bootTimeout: 1, maxMachines: 0, image: ' ' },
    enrolment: { ...enrolment, password: SECRET },
  });
  expect(Object.keys(wrong.problems).sort()).toEqual([
    ...['cloud.bootTimeout', 'cloud.endpoint', 'cloud.image', 'cloud.interface', 'cloud.maxMachines', 'cloud.network', 'cloud.size'],
    ...['cloud.sourceRange', 'cloud.user', 'enrolment'],
  ]);
  expect(JSON.stringify(wrong)).not.toContain(SECRET);
  expect((await register({ enrolment: {} })).problems).toEqual({
    enrolment: 'An OpenStack is opened with an application credential or a login, EC2 with an access key, and neither with anything else.',
  });
  const { sourceRange, ...open } = cloud;
  expect(Object.keys((await register({ cloud: open })).problems)).toEqual(['cloud.sourceRange']);
  const elsewhere = await register({ kind: 'unix', connection: { host: 'hpc.example.org', user: 'ann' } });
  expect(Object.keys(elsewhere.problems)).toEqual(['cloud', 'enrolment']);
});

it('a cloud is registered with its credential sealed, and changed but for where it is', async () => {
  const { platform, problems } = await register({});
  expect(problems).toEqual({});
  expect(platform).toEqual({
    ...{ kind: 'cloud', provider: 'openstack', maxNodes: 4, connection: null, settings: { limits: { lostAfter: 600 } } },
    cloud: {
      ...{
        ...cloud,
        endpoint: 'https://cloud.example.org:5000/v3',
        region: '',
        interface: 'public',
        zone: '',
        sourceRange: '192.0.2.0/24',
      },
      ...{ provider: 'openstack', floatingNetwork: '', bootTimeout: 600, pricePerHour: null, userData: '' },
    },
  });
  expect((await stored()).enrolment).toEqual({ kind: 'application-credential', id: 'abc', secret: SECRET });

  const moved = await told(UPDATE, { name: 'sky', input: { cloud: { endpoint: 'https://other.example.org/v3' } } });
  expect(moved.problems).toEqual({ 'cloud.endpoint': 'Another cloud or region is another platform: register it.' });
  for (const floatingNetwork of ['public', 'dmz'])
    expect((await told(UPDATE, { name: 'sky', input: { cloud: { floatingNetwork } } })).platform?.cloud).toMatchObject({ floatingNetwork });
  const none = await told(UPDATE, { name: 'sky', input: { cloud: { floatingNetwork: '' } } });
  expect(none.problems).toEqual({ 'cloud.floatingNetwork': expect.stringContaining('would be left in the cloud') });
  const login = { user: 'ann', password: SECRET, project: 'ours' };
  const tag = (await stored()).row?.cloud?.tag;
  const changed = await told(UPDATE, {
    name: 'sky',
    input: { cloud: { size: 'large', maxMachines: 9 }, enrolment: { cloudLogin: login } },
  });
  expect(changed.platform).toMatchObject({ maxNodes: 9, cloud: { size: 'large', image: 'debian-12' } });
  const priced = async (pricePerHour: number | null) => told(UPDATE, { name: 'sky', input: { cloud: { pricePerHour } } });
  expect((await priced(0.25)).platform.cloud.pricePerHour).toBe(0.25);
  expect((await priced(null)).platform.cloud.pricePerHour).toBeNull();
  const after = await stored();
  const inDefault = { userDomain: { name: 'Default' }, project: { name: 'ours' }, projectDomain: { name: 'Default' } };
  expect(after.enrolment).toEqual({ kind: 'cloud-password', ...login, ...inDefault });
  expect(after.row?.cloud?.tag).toBe(tag);
  const again = async (cloudLogin: Variables) =>
    told(UPDATE, { name: 'sky', input: { enrolment: { cloudLogin: { user: 'ann', password: SECRET, ...cloudLogin } } } });
  expect((await again({})).problems).toEqual({
    'enrolment.cloudLogin.project': 'Say in which project machines are made: its name or its id.',
  });
  expect(Object.keys((await again({ project: 'ours', projectId: 'p1' })).problems)).toEqual(['enrolment.cloudLogin.project']);
  expect((await again({ projectId: 'p1', userDomainId: 'default' })).problems).toEqual({});
  expect((await stored()).enrolment).toMatchObject({ userDomain: { id: 'default' }, project: { id: 'p1' } });
});

it('what is rented is told with its job and what it has cost so far', async () => {
  const since = Date.now() - 7_200_000;
  const machine = { id: 'm1', name: 'pi-3-12-1', job: 'pi-3-12', state: 'up', address: '10.0.0.9', fault: null, age: 7200 } as const;
  await noteMachines(api.db, { platform: 'sky', pricePerHour: 0.25 }, [machine], Date.now());
  const { data } = await api.call(`{ rentedMachines { platform id name job jobId state address fault pricePerHour cost since } }`);
  const [found] = data.rentedMachines;
  expect(data.rentedMachines).toHaveLength(1);
  expect(found).toMatchObject({
    platform: 'sky',
    id: 'm1',
    job: 'pi-3-12',
    jobId: '12',
    state: 'up',
    address: '10.0.0.9',
    pricePerHour: 0.25,
  });
  expect(found.cost).toBeCloseTo(0.5, 2);
  expect(Date.parse(found.since) - since).toBeLessThan(60_000);
});

it('an EC2 has a region and an access key, and an endpoint only if it is not that of Amazon', async () => {
  const ec2 = { provider: 'ec2', region: 'eu-central-1', image: 'ami-1', size: 't3.small', network: 'subnet-1', user: 'debian' };
  const accessKey = { accessKeyId: 'AK', secretAccessKey: SECRET };
  const asked = (given: Variables) =>
    register({ name: 'aws', enrolment: { accessKey }, cloud: { ...ec2, sourceRange: '192.0.2.0/24', ...given } });
  expect((await asked({ endpoint: 'https://ec2.example.org/path', region: '', floatingNetwork: 'public' })).problems).toEqual({
    'cloud.endpoint': expect.stringContaining('has no path'),
    'cloud.region': expect.stringContaining('Say in which region'),
    'cloud.floatingNetwork': expect.stringContaining('EC2 has no floating networks'),
  });
  const { cloud, enrolment } = {
    cloud: { ...ec2, sourceRange: '192.0.2.0/24' },
    enrolment: { applicationCredential: { id: 'a', secret: SECRET } },
  };
  expect((await register({ name: 'aws', cloud, enrolment })).problems).toEqual({ enrolment: 'EC2 is opened with an access key.' });
  expect((await asked({})).platform).toMatchObject({ provider: 'ec2', cloud: { provider: 'ec2', endpoint: '', region: 'eu-central-1' } });
});

it('what machines cost is told, and bounded', async () => {
  const set = async (limit: unknown) =>
    api.call('mutation ($limit: Float) { setCostLimit(limit: $limit) { days spent perHour limit } }', { limit });
  expect((await set(-1)).errors?.[0]?.message).toContain('above 0');
  expect((await set(50)).data.setCostLimit).toEqual({ days: 30, spent: 0, perHour: 0, limit: 50 });
  expect((await api.call('{ spending { limit } }')).data.spending).toEqual({ limit: 50 });
  expect((await set(null)).data.setCostLimit).toMatchObject({ limit: null });
});
