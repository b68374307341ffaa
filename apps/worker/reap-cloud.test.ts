import { openStack } from '@kiln/platforms/clouds/openstack/openstack';
import { openSession } from '@kiln/platforms/clouds/openstack/session';
import type { CloudMachine, CloudProvider } from '@kiln/platforms/clouds/provider';
import { CLOUD, OpenStackDouble } from '@kiln/platforms/testing/open-stack';
import { expect, test } from 'vitest';
import { createCloudReaper } from './reap-cloud.ts';

const SETTLED = 900_000;
const machine = (id: string, change: Partial<CloudMachine> = {}): CloudMachine => ({
  ...{ id, job: 'pi7', number: 1, name: 'pi7-1', state: 'up', address: null, age: 1000, seen: null, fault: null },
  ...change,
});

/** A cloud that lists these machines, and what was done to it. */
function cloudOf(machines: readonly CloudMachine[]) {
  const done: string[] = [];
  const does =
    (what: string) =>
    async (id = '') =>
      void done.push(`${what} ${id}`.trim());
  // Of a provider, the reaper touches only this.
  const cloud = { list: async () => machines, destroy: does('destroy'), withdraw: does('withdraw') } as Partial<CloudProvider>;
  return { cloud: cloud as CloudProvider, done };
}
const reaping = { removedFor: null, bootTimeout: 600, living: async () => new Set(['pi7']) };

test('machines of jobs that have ended are given back, and those of living jobs are not', async () => {
  const { cloud, done } = cloudOf([machine('a'), machine('b', { job: 'pi8' })]);
  await createCloudReaper(SETTLED).reap(cloud, reaping);
  expect(done).toEqual(['destroy b']);
});

test('of two machines of a living job with one number, the one on which nobody logged in is given back once it is old', async () => {
  const seen = { hostKey: 'ssh-ed25519 A', home: '/home/debian' };
  const young = cloudOf([machine('a', { age: 20 }), machine('b', { age: 10, seen })]);
  await createCloudReaper(SETTLED).reap(young.cloud, reaping);
  expect(young.done).toEqual([]);
  const old = cloudOf([machine('a'), machine('b', { seen })]);
  await createCloudReaper(SETTLED).reap(old.cloud, reaping);
  expect(old.done).toEqual(['destroy a']);
});

test('a removed cloud is forgotten only some time later, after two rounds that saw nothing there', async () => {
  const { cloud, done } = cloudOf([]);
  const reaper = createCloudReaper(SETTLED);
  for (const removedFor of [1, 2, SETTLED - 1]) expect((await reaper.reap(cloud, { ...reaping, removedFor })).withdrawn).toBe(false);
  const late = cloudOf([machine('late')]);
  await reaper.reap(late.cloud, { ...reaping, removedFor: SETTLED });
  expect(late.done).toEqual(['destroy late']);
  expect((await reaper.reap(cloud, { ...reaping, removedFor: SETTLED })).withdrawn).toBe(false);
  expect((await reaper.reap(cloud, { ...reaping, removedFor: SETTLED })).withdrawn).toBe(true);
  expect(done).toEqual(['withdraw']);
});

test('floating addresses whose machines are gone are released, but those of living jobs and of others, and only then is a cloud forgotten', async () => {
  const double = new OpenStackDouble();
  const cloud = { ...CLOUD, floatingNetwork: 'public' };
  const session = openSession(cloud, { kind: 'application-credential', id: 'i', secret: 's' }, double.ask);
  const provider = openStack(session, { cloud, installation: 'abcd', publicKey: 'ssh-ed25519 AAAA kiln' }, new AbortController().signal);
  for (const job of ['pi7', 'pi8']) await provider.create({ job, number: 1, name: `${job}-1` });
  for (const one of await provider.list()) await provider.expose?.(one);
  double.floating = double.floating.flatMap((one) => [one, { ...one, id: `not ${one.id}`, description: 'theirs' }]);
  double.servers = [];
  const jobs = () => double.floating.map(({ description }) => description.split(' ')[3]).sort();
  const reaper = createCloudReaper(SETTLED);
  await reaper.reap(provider, reaping);
  expect(jobs()).toEqual(['pi7', undefined, undefined]);
  const removed = { ...reaping, removedFor: SETTLED };
  const rounds = [await reaper.reap(provider, removed), await reaper.reap(provider, removed), await reaper.reap(provider, removed)];
  expect(rounds.map(({ machines, withdrawn }) => [machines.length, withdrawn])).toEqual([
    [1, false],
    [0, false],
    [0, true],
  ]);
  expect([jobs(), double.keyPairs.size]).toEqual([[undefined, undefined], 0]);
});
