import { type Cloud, KnownError } from '@kiln/domain';
import { seeded } from '@kiln/testing/random';
import { beforeEach, expect, test } from 'vitest';
import { CLOUD, OpenStackDouble } from '../../testing/open-stack.ts';
import { cloudMachines } from '../machines.ts';
import type { CloudProvider } from '../provider.ts';
import type { Ask } from './http.ts';
import { openStack } from './openstack.ts';
import { openSession } from './session.ts';

const JOB = { id: 7, connector: 'pi' };
const KEY = { kind: 'application-credential', id: 'i', secret: 's' } as const;

let double: OpenStackDouble;
let met: string[];
beforeEach(() => {
  [double, met] = [new OpenStackDouble(), []];
});

function providerWith(change: Partial<Cloud> = {}, installation = 'abcd', ask: Ask = double.ask): CloudProvider {
  const cloud = { ...CLOUD, floatingNetwork: 'public', ...change };
  const use = { cloud, installation, publicKey: 'ssh-ed25519 AAAA kiln' };
  return openStack(openSession(cloud, KEY, ask), use, new AbortController().signal);
}

function machinesWith(change: Partial<Cloud> = {}, ask = double.ask) {
  const machines = cloudMachines(providerWith(change, 'abcd', ask), {
    cloud: { ...CLOUD, ...change },
    slots: 2,
    greet: async (address) => {
      met.push(address);
      if (!address.startsWith('203.')) throw new KnownError('PLATFORM_UNAVAILABLE', `${address} is out of reach.`, { retryable: true });
      return { hostKey: `ssh-ed25519 SHA256:${address}`, home: '/home/debian' };
    },
    rootIn: (home) => `${home}/.kiln`,
    gone: () => {},
    pause: async () => {},
    signal: new AbortController().signal,
  });
  return { ...machines, create: (count: number, ours = async () => {}) => machines.create(JOB, count, ours, []) };
}

const names = () => double.servers.map(({ name }) => name).sort();
const addresses = () => double.floating.map(({ floating_ip_address }) => floating_ip_address).sort();

/** Somebody else's, or of another platform of ours. */
function stranger(description: string) {
  const made = { floating_ip_address: '203.0.113.200', floating_network_id: 'n2', port_id: null, created_at: new Date().toISOString() };
  double.floating.push({ ...made, id: `of ${description}`, description });
}

async function up(count: number) {
  await machinesWith().create(count);
  for (const name of names()) double.become(name, 'ACTIVE');
}

test('each machine is reached by a floating address, which is released with it', async () => {
  await up(2);
  expect((await machinesWith().create(2)).coming).toBe(2);
  expect(met).toEqual([]);
  const { machines, coming } = await machinesWith().create(2);
  expect(coming).toBe(0);
  expect(machines.map(({ address }) => address).sort()).toEqual(['debian@203.0.113.1:22', 'debian@203.0.113.2:22']);
  expect(await machinesWith().list(JOB)).toEqual(machines);
  expect(double.floating.map(({ description }) => description.replace(/ [^ ]*$/, '')).sort()).toEqual([
    'kiln abcd ours pi7 1',
    'kiln abcd ours pi7 2',
  ]);
  await machinesWith().destroy(JOB);
  expect([names(), addresses()]).toEqual([[], []]);
});

test('an address that was made though nobody heard of it is the one of its machine', async () => {
  await up(1);
  double.faults.push({ method: 'POST', path: /floatingips$/, lost: true });
  expect((await machinesWith().create(1)).coming).toBe(1);
  expect((await machinesWith().create(1)).machines.map(({ address }) => address)).toEqual(['debian@203.0.113.1:22']);
  expect(addresses()).toEqual(['203.0.113.1']);
});

test('an address that was led away from its machine is released, and another takes its place', async () => {
  await up(1);
  await machinesWith().create(1);
  for (const one of double.floating) one.port_id = null;
  expect((await machinesWith().create(1)).coming).toBe(1);
  expect((await machinesWith().create(1)).machines.map(({ address }) => address)).toEqual(['debian@203.0.113.2:22']);
  expect(addresses()).toEqual(['203.0.113.2']);
});

test('a quota of addresses that is used up is told in the words of the cloud, and the others go on', async () => {
  double.addressQuota = 1;
  await up(2);
  expect((await machinesWith().create(2)).coming).toBe(1);
  const { machines, reasons } = await machinesWith().create(2);
  expect(machines.map(({ name }) => name)).toEqual(['pi7-1']);
  expect(reasons).toEqual(["pi7-2 gets no address: The cloud refuses (409): Quota exceeded for resources: ['floatingip']."]);
  expect([names(), addresses()]).toEqual([['pi7-1'], ['203.0.113.1']]);
});

test('a machine whose address the cloud cannot make now waits for it as long as it may boot', async () => {
  await up(1);
  const busy = { method: 'POST', path: /floatingips$/, status: 409, body: { NeutronError: { message: 'No more addresses' } } } as const;
  double.faults.push({ ...busy }, { ...busy });
  expect((await machinesWith().create(1)).coming).toBe(1);
  double.ahead = 601_000;
  const { machines, reasons } = await machinesWith().create(1);
  expect(machines).toEqual([]);
  expect(reasons).toEqual(['On pi7-1 nobody could log in within 600 s: The cloud cannot do that now (409): No more addresses.']);
  expect(names()).toEqual([]);
});

test('a network that is not there, or from which nobody gets addresses, is told before a machine is made', async () => {
  expect((await machinesWith({ floatingNetwork: 'private' }).create(1)).reasons).toEqual([
    'The cloud has no floating network private. There is public.',
  ]);
  expect(names()).toEqual([]);
});

test('an address whose machine somebody else has removed is given back with the job, and so are those that nobody lists', async () => {
  await up(2);
  await machinesWith().create(2);
  double.servers = double.servers.filter(({ name }) => name !== 'pi7-1');
  expect((await machinesWith().list(JOB)).map(({ name }) => name)).toEqual([]);
  const [, left] = await providerWith().list();
  expect(left).toMatchObject({ name: 'pi7-1', job: 'pi7', state: 'failed', fault: 'pi7-1 is gone, and its address 203.0.113.1 is left.' });
  expect(await providerWith().isThere(left?.id ?? '')).toBe(true);
  await machinesWith().destroy(JOB);
  expect([names(), addresses()]).toEqual([[], []]);
  expect(await providerWith().isThere(left?.id ?? '')).toBe(false);
  await providerWith().destroy(left?.id ?? ''); // no trouble
});

test('what a machine of that number has left is given back when there is another one', async () => {
  await up(1);
  await machinesWith().create(1);
  double.servers = [];
  await providerWith().create({ job: 'pi7', number: 1, name: 'pi7-1' });
  expect((await machinesWith().create(1)).coming).toBe(1);
  expect([names(), addresses()]).toEqual([['pi7-1'], []]);
});

test('nobody touches addresses of others, of other installations, platforms and jobs', async () => {
  const others = ['', 'kiln', 'kiln efgh ours pi7 1 s', 'kiln abcd other pi7 1 s', 'my kiln abcd ours pi7 1 s', 'kiln abcd ours pi8 1 s'];
  for (const one of others) stranger(one);
  await up(1);
  for (let look = 0; look < 2; look += 1) await machinesWith().create(1);
  await machinesWith().destroy(JOB);
  expect(double.floating.map(({ description }) => description)).toEqual(others);
});

test('a machine goes though its address cannot be released, and then the address does', async () => {
  await up(1);
  await machinesWith().create(1);
  double.faults.push({ method: 'DELETE', path: /floatingips/, status: 409 });
  await expect(machinesWith().destroy(JOB)).rejects.toMatchObject({ retryable: true });
  expect([names(), addresses()]).toEqual([[], ['203.0.113.1']]);
  await machinesWith().destroy(JOB);
  expect(addresses()).toEqual([]);
});

test('a worker that lost its job to another asks for no addresses', async () => {
  await up(1);
  const lost = () => Promise.reject(new Error('The job is elsewhere.'));
  await expect(machinesWith().create(1, lost)).rejects.toThrow('elsewhere');
  expect(addresses()).toEqual([]);
});

test('machines that somebody has logged in on before there were floating addresses are still reached', async () => {
  const [, first] = [await up(1), (await providerWith().list())[0]];
  await providerWith().note(first?.id ?? '', { hostKey: 'ssh-ed25519 A', home: '/home/debian' });
  expect((await machinesWith().list(JOB)).map(({ address }) => address)).toEqual(['debian@10.0.0.1:22']);
});

test('without a floating network nobody asks for addresses', async () => {
  const machines = machinesWith({ floatingNetwork: '' });
  await machines.create(1);
  double.become('pi7-1', 'ACTIVE');
  await machines.create(1);
  await machines.destroy(JOB);
  expect(double.calls.filter((call) => call.includes('floatingips') || call.includes('/ports'))).toEqual([]);
});

/** The end of the worker, just before a call or just after it had its effect. */
class Killed extends Error {}

test('a worker that is killed at any moment while it makes or removes machines with addresses leaves none of either', async () => {
  let kills = 0;
  for (let life = 1; life <= 150; life += 1) {
    double = new OpenStackDouble();
    stranger('theirs');
    const random = seeded(life);
    let dead = false;
    const ask: Ask = async (asking, signal) => {
      dead ||= random.chance(0.06);
      if (dead) throw new Killed(); // it does nothing more
      const answer = await double.ask(asking, signal);
      dead ||= random.chance(0.06);
      if (dead) throw new Killed();
      return answer;
    };
    const another = async <T>(work: () => Promise<T>): Promise<T> => {
      for (;;) {
        dead = false;
        try {
          return await work();
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          kills += 1;
        }
      }
    };
    const patience = random.between(0, 10); // then the job is cancelled, whatever there is
    for (let look = 0; look < patience; look += 1) {
      const { coming, machines } = await another(() => machinesWith({}, ask).create(3));
      expect(new Set(double.floating.map(({ port_id }) => port_id)).size).toBe(double.floating.length);
      for (const { address } of machines) expect(address).toContain('203.0.113.');
      for (const name of names()) if (random.chance(0.5)) double.become(name, random.chance(0.2) ? 'ERROR' : 'ACTIVE');
      if (random.chance(0.1)) double.servers.shift(); // somebody else's doing
      if (coming === 0) break;
    }
    await another(() => machinesWith({}, ask).destroy(JOB));
    expect([names(), addresses()]).toEqual([[], ['203.0.113.200']]);
  }
  expect(kills).toBeGreaterThan(150);
});
