import type { Cloud } from '@kiln/domain';
import { beforeEach, expect, test } from 'vitest';
import { CLOUD, OpenStackDouble } from '../../testing/open-stack.ts';
import type { CloudProvider } from '../provider.ts';
import { openStack } from './openstack.ts';
import { openSession } from './session.ts';

const KEY = { kind: 'application-credential', id: 'i', secret: 's' } as const;

let double: OpenStackDouble;
beforeEach(() => {
  double = new OpenStackDouble();
});

function providerWith(change: Partial<Cloud> = {}): CloudProvider {
  const cloud = { ...CLOUD, ...change };
  const use = { cloud, installation: 'abcd', publicKey: 'ssh-ed25519 AAAA kiln' };
  return openStack(openSession(cloud, KEY, double.ask), use, new AbortController().signal);
}

test('one token serves all calls, and another is asked for before it ends and when it is refused', async () => {
  const provider = providerWith();
  await Promise.all([provider.list(), provider.quota(), provider.choices()]);
  expect(double.token).toBe(1);
  double.token = 41; // as if the cloud had forgotten it
  await provider.list();
  expect(double.token).toBe(42);
  double.lifetime = 60;
  double.token = 50;
  await provider.list();
  await provider.list();
  expect(double.token).toBe(52);
});

test('a busy cloud is asked again when it wants to be; a removed credential is a login that is refused', async () => {
  double.faults.push({ method: 'GET', path: /detail/, status: 429, headers: { 'retry-after': '0' }, times: 2 });
  expect(await providerWith().list()).toEqual([]);
  double.faults.push({
    method: 'POST',
    path: /tokens/,
    status: 404,
    body: { error: { message: 'Could not find Application Credential' } },
  });
  await expect(providerWith().list()).rejects.toMatchObject({
    code: 'LOGIN_REFUSED',
    retryable: true,
    message: expect.stringContaining('Could not find Application Credential.'),
  });
});

test('a login that is refused is tried once for all that ask at the same time, and again by whoever asks later', async () => {
  double.faults.push({ method: 'POST', path: /tokens/, status: 401, body: { error: { message: 'No' } } });
  const provider = providerWith();
  const asked = await Promise.allSettled([provider.list(), provider.list(), provider.quota()]);
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(double.calls).toEqual(['POST /v3/auth/tokens']);
  expect(await provider.list()).toEqual([]);
});

test('what a list or a removal is refused may pass; what a machine is refused does not, nor a conflict about a quota', async () => {
  for (const status of [302, 400, 403, 404]) {
    double.faults.push({ method: 'GET', path: /detail/, status });
    await expect(providerWith().list()).rejects.toMatchObject({ retryable: true });
  }
  const purpose = { job: 'pi7', number: 1, name: 'pi7-1' };
  double.faults.push({ method: 'POST', path: /servers$/, status: 403 });
  await expect(providerWith().create(purpose)).rejects.toMatchObject({ retryable: false });
  const body = { conflictingRequest: { message: 'Quota exceeded for ports' } };
  double.faults.push({ method: 'POST', path: /servers$/, status: 409, body });
  await expect(providerWith().create(purpose)).rejects.toMatchObject({ retryable: false, message: expect.stringContaining('Quota') });
  double.faults.push({ method: 'POST', path: /servers$/, status: 409 });
  await expect(providerWith().create(purpose)).rejects.toMatchObject({ retryable: true });
});

test('only SSH from the given range is let in, also when another range is given later', async () => {
  const rules = () =>
    double.groups.map((group) => group.security_group_rules.map((rule) => [rule['remote_ip_prefix'], rule['port_range_max']]));
  await providerWith().admit();
  await providerWith().admit();
  expect(rules()).toEqual([[['192.0.2.0/24', 22]]]);
  await providerWith({ sourceRange: '198.51.100.7/32' }).admit();
  expect(rules()).toEqual([[['198.51.100.7/32', 22]]]);
  const wide = {
    id: 'wide',
    direction: 'ingress',
    protocol: 'tcp',
    port_range_min: 1,
    port_range_max: 65535,
    remote_ip_prefix: '198.51.100.7/32',
  };
  double.groups[0]?.security_group_rules.splice(0, 1, wide);
  await providerWith({ sourceRange: '198.51.100.7/32' }).admit();
  expect(rules()).toEqual([[['198.51.100.7/32', 22]]]);
  expect([...double.keyPairs.keys()]).toEqual(['kiln-abcd-ours']);
  await providerWith().withdraw();
  expect([double.groups, double.keyPairs.size]).toEqual([[], 0]);
});
