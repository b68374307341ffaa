import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { cloudCredential } from '@kiln/db/clouds';
import { deletePlatform } from '@kiln/db/move-platform';
import { listRentedMachines } from '@kiln/db/rented-machines';
import { platforms } from '@kiln/db/schema';
import { requestCancel } from '@kiln/db/submit';
import type { Cloud, OpenStackKey, Parameters } from '@kiln/domain';
import { openStack } from '@kiln/platforms/clouds/openstack/openstack';
import { openSession } from '@kiln/platforms/clouds/openstack/session';
import type { CloudProvider } from '@kiln/platforms/clouds/provider';
import { createKey } from '@kiln/platforms/shells/ssh';
import { accessRules } from '@kiln/platforms/testing/access-rules';
import { type BedEnv, cloudMissing, openStackBed } from '@kiln/testing/bed';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openKeyring } from './keyring.ts';
import { installation } from './testing/installation.ts';
import { registered } from './testing/registered.ts';

describe.skipIf(cloudMissing)('an OpenStack', { timeout: 400_000 }, () => {
  let kiln: Awaited<ReturnType<typeof installation>>;
  let worker: { close(): Promise<void> };
  let cloud: Cloud;
  let key: OpenStackKey;
  let password: OpenStackKey;
  /** Looks and acts as Kiln does, with the mark of this installation. */
  let provider: CloudProvider;

  beforeAll(async () => {
    const [env, made] = await Promise.all([openStackBed(), installation()]);
    kiln = made;
    const { OS_AUTH_URL = '', OS_REGION_NAME = '', OS_IMAGE = '', OS_FLAVOR = '', OS_NETWORK = '', OS_SSH_USER = '' } = env;
    cloud = {
      ...{
        provider: 'openstack',
        tag: 'tested',
        endpoint: OS_AUTH_URL,
        region: OS_REGION_NAME,
        interface: 'public',
        image: OS_IMAGE,
        size: OS_FLAVOR,
      },
      ...{ network: OS_NETWORK, user: OS_SSH_USER, zone: '', sourceRange: '10.0.0.0/8', bootTimeout: 300, pricePerHour: 0.02 },
      ...{ floatingNetwork: '', userData: '' },
    };
    key = await restrictedKey(env);
    password = {
      ...{ kind: 'cloud-password', user: env['OS_USERNAME'] ?? '', password: env['OS_PASSWORD'] ?? '', userDomain: { name: 'Default' } },
      ...{ project: { name: env['OS_PROJECT_NAME'] ?? '' }, projectDomain: { name: 'Default' } },
    };
    const { installation: mark } = await openKeyring(kiln.db, kiln.home);
    provider = providerOf(mark);
    worker = await kiln.worker({ reaping: 1 });
    await cp('payloads/randnum-internal-sweep', join(kiln.home, 'payloads/randnum-internal-sweep'), { recursive: true });
  }, 300_000);
  afterAll(async () => {
    await worker?.close();
    for (const { id } of (await provider?.list()) ?? []) await provider.destroy(id);
    await kiln?.close();
  });

  const providerOf = (mark: string, change: Partial<Cloud> = {}) =>
    openStack(
      openSession(cloud, key),
      { cloud: { ...cloud, ...change }, installation: mark, publicKey: createKey('tested').publicKey },
      new AbortController().signal,
    );
  const submit = (parameters: Parameters = {}) =>
    kiln.submit('randnum-internal-sweep', 'sky', { nodes: 2, minimum_nodes: 2, sweep: { var: [1, 2] }, ...parameters });
  /** Whoever made them. */
  const floatingAddresses = async () => {
    const { body } = await openSession(cloud, key).call({ service: 'network', path: '/floatingips' }, new AbortController().signal);
    return (body as { floatingips: unknown[] }).floatingips; // as Neutron answers
  };
  /** Of these nothing tells: they are looked at until they are so. */
  const soon = { timeout: 300_000, interval: 500 };

  test('is found ready, and what is missing is named with what there is', async () => {
    const wrong = { ...cloud, tag: 'wrong', image: 'windows' };
    const refused = await registered(kiln.db, kiln.user.id, { name: 'wrong', kind: 'cloud', cloud: wrong, enrolment: password });
    expect(refused.state).toBe('trouble');
    expect(refused.findings.find(({ name }) => name === 'Image')?.message).toBe(`The cloud has no image windows. There is ${cloud.image}.`);
    const sky = await registered(kiln.db, kiln.user.id, { name: 'sky', kind: 'cloud', cloud, maxNodes: 4, enrolment: key });
    expect(sky.findings.filter(({ status }) => status === 'failed')).toEqual([]);
    expect(sky).toMatchObject({ state: 'ready', slots: 1 });
    const routers = openSession(cloud, key).call({ service: 'network', path: '/routers' }, new AbortController().signal);
    await expect(routers).rejects.toMatchObject({ code: 'LOGIN_REFUSED' }); // as the documents' rules are all that this login may
  });

  test('a job has two machines, a task on each, its outputs come home, and both are gone', async () => {
    const id = await submit();
    const { job, nodes } = await kiln.ended(id);
    expect(job).toMatchObject({ status: 'succeeded', ending: null });
    expect(nodes.map(({ state }) => state)).toEqual(['destroyed', 'destroyed']);
    const directory = `randnum-internal-sweep${id}`;
    for (const task of [1, 2]) expect(await kiln.output(`${directory}/output/${task}/rand`)).toMatch(/^0\.\d{10}\n0\.\d{10}\n$/);
    expect(await provider.list()).toEqual([]);
    expect(await listRentedMachines(kiln.db, kiln.user.id)).toEqual([]);
  });

  test('a job whose machines are reached by floating addresses ends well, and neither machines nor addresses are left', async () => {
    await kiln.db.orm
      .update(platforms)
      .set({ cloud: { ...cloud, floatingNetwork: 'public' } })
      .where(eq(platforms.name, 'sky'));
    const id = await submit();
    const addresses = async () => (await listRentedMachines(kiln.db, kiln.user.id)).map(({ address }) => address);
    const floating = expect.stringMatching(/^203\.0\.113\./);
    await expect.poll(addresses, { ...soon, interval: 100 }).toEqual([floating, floating]);
    expect((await kiln.ended(id)).job).toMatchObject({ status: 'succeeded', ending: null });
    expect(await kiln.output(`randnum-internal-sweep${id}/output/1/rand`)).toMatch(/^0\.\d{10}\n0\.\d{10}\n$/);
    expect(await provider.list()).toEqual([]);
    expect(await floatingAddresses()).toEqual([]);
    await kiln.db.orm.update(platforms).set({ cloud }).where(eq(platforms.name, 'sky'));
  });

  test('a job that is cancelled while its machines come up leaves none', async () => {
    const id = await submit();
    await expect.poll(() => listRentedMachines(kiln.db, kiln.user.id), { ...soon, interval: 100 }).toHaveLength(2);
    await requestCancel(kiln.db, id);
    expect((await kiln.ended(id)).job.status).toBe('cancelled');
    expect(await provider.list()).toEqual([]);
  });

  test.each<[string, Partial<Cloud>, RegExp]>([
    ['no host has room for', { size: 'm1.nohost' }, /No valid host/],
    ['the quota has no room for', { size: 'm1.overquota' }, /quota/i],
    ['there is no image of', { image: 'windows' }, /has no image windows\. There is /],
    ['nobody can log in on', { user: 'nobody', bootTimeout: 45 }, /nobody could log in within 45 s/],
  ])('a job whose machines %s fails with the reason, and none is left', async (_what, change, reason) => {
    await kiln.db.orm
      .update(platforms)
      .set({ cloud: { ...cloud, ...change } }) // as it is after a check, and the cloud is another one since
      .where(eq(platforms.name, 'sky'));
    const { job } = await kiln.ended(await submit());
    expect(job).toMatchObject({ status: 'failed', ending: { message: expect.stringMatching(reason) } });
    expect(await provider.list()).toEqual([]);
    await kiln.db.orm.update(platforms).set({ cloud }).where(eq(platforms.name, 'sky'));
  });

  test('a machine whose job has ended is given back, and one of another installation stays', async () => {
    const other = providerOf('another1');
    await Promise.all([
      other.create({ job: 'gone9', number: 1, name: 'theirs' }),
      provider.create({ job: 'gone9', number: 1, name: 'gone9-1' }),
    ]);
    await expect.poll(() => provider.list(), soon).toEqual([]);
    const [theirs] = await other.list();
    expect(theirs?.name).toBe('gone9-1');
    await other.destroy(theirs?.id ?? '');
    await expect.poll(() => other.list(), soon).toEqual([]);
    await other.withdraw();
  });

  test('floating addresses come with machines and go with them, and one that outlives its machine is found', async () => {
    const { signal } = new AbortController();
    await expect(providerOf('another2', { floatingNetwork: cloud.network }).create({ job: 'gone9', number: 1, name: 'a' })).rejects.toThrow(
      `The cloud has no floating network ${cloud.network}. There is public.`,
    );
    const addressed = providerOf('another2', { floatingNetwork: 'public' });
    for (const number of [1, 2]) await addressed.create({ job: 'gone9', number, name: `gone9-${number}` });
    const states = async () => (await addressed.list()).map(({ state, address }) => [state, address]);
    await expect.poll(states, soon).toEqual([
      ['up', null],
      ['up', null],
    ]);
    const [one, other] = await addressed.list();
    if (!one || !other) throw new Error('The machines are gone.');
    await addressed.expose?.(one);
    await addressed.expose?.(one); // does nothing
    await allowAddresses(1);
    await expect(addressed.expose?.(other)).rejects.toMatchObject({
      retryable: false,
      message: expect.stringMatching(/Quota exceeded.*floatingip/),
    });
    await allowAddresses(50);
    await addressed.expose?.(other);
    const leading = ['up', expect.stringMatching(/^203\.0\.113\./)];
    expect(await states()).toEqual([leading, leading]);
    const session = openSession(cloud, key);
    const [first] = await addressed.list();
    await session.call({ service: 'compute', method: 'DELETE', path: `/servers/${first?.id}` }, signal);
    await expect.poll(states, soon).toEqual([leading, ['failed', null]]);
    const ids = (await addressed.list()).map(({ id }) => id);
    expect(await Promise.all(ids.map((id) => addressed.isThere(id)))).toEqual([true, true]);
    for (const id of ids) await addressed.destroy(id);
    await expect.poll(states, soon).toEqual([]);
    expect(await Promise.all(ids.map((id) => addressed.isThere(id)))).toEqual([false, false]);
    expect(await floatingAddresses()).toEqual([]);
    await addressed.withdraw();
  });

  test('what lets Kiln in goes with the platform', async () => {
    await deletePlatform(kiln.db, 'sky');
    await expect.poll(() => cloudCredential(kiln.db, 'sky (removed)'), soon).toBeNull();
    const session = openSession(cloud, key);
    const { installation: mark } = await openKeyring(kiln.db, kiln.home);
    const { status } = await session.call(
      { service: 'compute', path: `/os-keypairs/kiln-${mark}-tested` },
      new AbortController().signal,
      [404],
    );
    expect(status).toBe(404);
  });
});

/** As the bed's users may. */
async function call(method: string, url: string, token: string, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'x-auth-token': token };
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response;
}

/** With the user and the project that the login is for. */
async function logIn(env: BedEnv, name: string, password: string, project: string) {
  const domain = { name: 'Default' };
  const identity = { methods: ['password'], password: { user: { name, password, domain } } };
  const answer = await call('POST', `${env['OS_AUTH_URL']}/auth/tokens`, '', {
    auth: { identity, scope: { project: { name: project, domain } } },
  });
  const { token } = JSON.parse(await answer.text());
  return { token: answer.headers.get('x-subject-token') ?? '', user: token.user.id, project: token.project.id, catalog: token.catalog };
}

/** Held to what the documents say that Kiln needs. */
async function restrictedKey(env: BedEnv): Promise<OpenStackKey> {
  const { token, user } = await logIn(env, env['OS_USERNAME'] ?? '', env['OS_PASSWORD'] ?? '', env['OS_PROJECT_NAME'] ?? '');
  const application_credential = { name: `kiln-${Date.now()}`, roles: [{ name: 'member' }], access_rules: await accessRules() };
  const made = await call('POST', `${env['OS_AUTH_URL']}/users/${user}/application_credentials`, token, { application_credential });
  const { id, secret } = JSON.parse(await made.text()).application_credential;
  return { kind: 'application-credential', id, secret };
}

/** So many floating addresses, by the quota of the project. */
async function allowAddresses(floatingip: number): Promise<void> {
  const env = await openStackBed();
  const { project } = await logIn(env, env['OS_USERNAME'] ?? '', env['OS_PASSWORD'] ?? '', env['OS_PROJECT_NAME'] ?? '');
  const { token, catalog } = await logIn(env, 'admin', 'adminpass', 'admin');
  const network = catalog.find(({ type }: { type: string }) => type === 'network').endpoints[0].url;
  await call('PUT', `${network}/v2.0/quotas/${project}`, token, { quota: { floatingip } });
}
