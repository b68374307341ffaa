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
let deaf: string[];
let gone: string[];
beforeEach(() => {
  [double, deaf, gone] = [new OpenStackDouble(), [], []];
});

function providerWith(cloud: Partial<Cloud> = {}, installation = 'abcd', ask: Ask = double.ask): CloudProvider {
  const all = { ...CLOUD, ...cloud };
  const use = { cloud: all, installation, publicKey: 'ssh-ed25519 AAAA kiln' };
  return openStack(openSession(all, KEY, ask), use, new AbortController().signal);
}

function machinesWith(cloud: Partial<Cloud> = {}, ask = double.ask) {
  const machines = cloudMachines(providerWith(cloud, 'abcd', ask), {
    cloud: { ...CLOUD, ...cloud },
    slots: 2,
    greet: async (address) => {
      if (deaf.includes(address)) throw new KnownError('PLATFORM_UNAVAILABLE', `${address} is silent.`, { retryable: true });
      return { hostKey: `ssh-ed25519 SHA256:${address}`, home: '/home/debian' };
    },
    rootIn: (home) => `${home}/.kiln`,
    gone: (_name, address) => gone.push(address),
    pause: async () => {},
    signal: new AbortController().signal,
  });
  return {
    ...machines,
    create: (job: typeof JOB, count: number, mine = ours, past: string[] = []) => machines.create(job, count, mine, past),
  };
}
const ours = async () => {};

const names = () => double.servers.map(({ name }) => name).sort();

test('machines are asked for at once, and are there for the job once somebody has logged in', async () => {
  const machines = machinesWith();
  expect(await machines.create(JOB, 3)).toEqual({ machines: [], coming: 3, late: 0, delayed: 0, reasons: [] });
  expect(names()).toEqual(['pi7-1', 'pi7-2', 'pi7-3']);
  for (const name of names()) double.become(name, 'ACTIVE');
  deaf = ['10.0.0.2'];
  expect((await machines.create(JOB, 3)).coming).toBe(1);
  deaf = [];
  const { machines: made, coming } = await machines.create(JOB, 3);
  expect([coming, made.length]).toEqual([0, 3]);
  expect(made[0]).toMatchObject({ name: 'pi7-1', address: 'debian@10.0.0.1:22', root: '/home/debian/.kiln', slots: 2 });
  expect((await machines.list(JOB)).map(({ name }) => name)).toEqual(names());
  expect(names()).toHaveLength(3);
});

test('a machine that was made though nobody heard of it is found again', async () => {
  double.faults.push({ method: 'POST', path: /servers$/, lost: true });
  await expect(machinesWith().create(JOB, 1)).rejects.toMatchObject({ retryable: true });
  expect((await machinesWith().create(JOB, 1)).coming).toBe(1);
  expect(names()).toEqual(['pi7-1']);
});

test('of two machines of one number the older one stays', async () => {
  const provider = providerWith();
  for (let i = 0; i < 2; i += 1) await provider.create({ job: 'pi7', number: 1, name: 'pi7-1' });
  const [first] = await provider.list();
  await machinesWith().create(JOB, 1);
  expect(double.servers.map(({ id }) => id)).toEqual([first?.id]);
});

test('a machine that fails is given back once none is coming, and its fault is told', async () => {
  const machines = machinesWith();
  await machines.create(JOB, 2);
  double.become('pi7-1', 'ERROR', 'No valid host was found. ');
  expect((await machines.create(JOB, 2)).coming).toBe(1);
  double.become('pi7-2', 'ACTIVE');
  const { machines: made, reasons } = await machines.create(JOB, 2);
  expect(made.map(({ name }) => name)).toEqual(['pi7-2']);
  expect(reasons).toEqual(['pi7-1 is in the state ERROR: No valid host was found.']);
  expect(names()).toEqual(['pi7-2']);
});

test('of fifty machines that are asked for at once those that come are there, and those that fail are given back and told', async () => {
  double.quota = 100;
  double.page = 20;
  const machines = machinesWith();
  for (const times of [1, 1, 1]) double.faults.push({ method: 'POST', path: /servers$/, times }); // made, and nobody heard of it
  const attempt = () => machines.create(JOB, 50).catch((error: KnownError) => ({ machines: [], coming: -1, reasons: [error.message] }));
  for (let asked = await attempt(); asked.coming < 50; asked = await attempt()) expect(asked.machines).toEqual([]);
  expect(double.servers).toHaveLength(50);
  for (const [i, { name }] of double.servers.entries()) {
    if (i % 5 === 0) double.become(name, 'ERROR', `No valid host was found for ${name}.`);
    else double.become(name, 'ACTIVE');
  }
  const { machines: made, coming, reasons } = await machines.create(JOB, 50);
  expect([made.length, new Set(made.map(({ address }) => address)).size, coming, reasons.length]).toEqual([40, 40, 0, 10]);
  expect(reasons[0]).toContain('No valid host was found for pi7-1.');
  expect(names()).toEqual(made.map(({ name }) => name).sort());
  await machines.destroy(JOB);
  expect(double.servers).toEqual([]);
});

test('a quota that is used up is told in the words of the cloud', async () => {
  double.quota = 1;
  const machines = machinesWith();
  expect((await machines.create(JOB, 2)).coming).toBe(1);
  double.become('pi7-1', 'ACTIVE');
  const { machines: made, reasons } = await machines.create(JOB, 2);
  expect(made).toHaveLength(1);
  expect(reasons).toEqual(['The cloud refuses (403): Quota exceeded for instances.']);
});

test('machines that are there do not wait for ever for others that the cloud cannot make', async () => {
  const machines = machinesWith();
  await machines.create(JOB, 1);
  double.become('pi7-1', 'ACTIVE');
  double.faults.push({ method: 'POST', path: /servers$/, status: 409, times: 2 });
  await expect(machines.create(JOB, 2)).rejects.toMatchObject({ retryable: true });
  double.ahead = 601_000;
  const { machines: made, coming, reasons } = await machines.create(JOB, 2);
  expect([made.map(({ name }) => name), coming, reasons]).toEqual([['pi7-1'], 0, [expect.stringContaining('409')]]);
});

test('a machine on which nobody can log in for too long is given back, by the clock of the cloud', async () => {
  double.ahead = 86_400_000;
  const machines = machinesWith();
  await machines.create(JOB, 1);
  double.become('pi7-1', 'ACTIVE');
  deaf = ['10.0.0.1'];
  expect((await machines.create(JOB, 1)).coming).toBe(1);
  double.ahead += 601_000;
  const { reasons } = await machines.create(JOB, 1);
  expect(reasons).toEqual(['On pi7-1 nobody could log in within 600 s: 10.0.0.1 is silent.']);
  expect(names()).toEqual([]);
});

test('an image that is not there, or is there twice, is told with what there is', async () => {
  expect((await machinesWith({ image: 'windows' }).create(JOB, 1)).reasons).toEqual([
    'The cloud has no image windows. There is debian-12, twice, twice.',
  ]);
  expect((await machinesWith({ image: 'twice' }).create(JOB, 1)).reasons[0]).toContain('give the id of one: i2, i3');
  expect((await machinesWith({ network: 'public' }).create(JOB, 1)).reasons[0]).toContain('There is private.');
  expect(names()).toEqual([]);
});

test('machines are gone when a listing shows none, of this job and this installation alone', async () => {
  await machinesWith().create(JOB, 3);
  await providerWith({}, 'other').create({ job: 'pi7', number: 1, name: 'theirs' });
  await providerWith({ tag: 'another' }).create({ job: 'pi7', number: 1, name: 'elsewhere' });
  await machinesWith().create({ id: 8, connector: 'pi' }, 1);
  double.become('pi7-1', 'ACTIVE');
  double.faults.push({ method: 'DELETE', path: /servers/, lost: true });
  await machinesWith().destroy(JOB);
  expect(names()).toEqual(['elsewhere', 'pi8-1', 'theirs']);
  expect(gone).toEqual(['debian@10.0.0.1:22']);
});

test('of two machines of one number the one on which somebody has logged in stays', async () => {
  const provider = providerWith();
  for (let i = 0; i < 2; i += 1) await provider.create({ job: 'pi7', number: 1, name: 'pi7-1' });
  double.become('pi7-1', 'ACTIVE');
  const last = (await provider.list()).at(-1)?.id ?? '';
  await provider.note(last, { hostKey: 'ssh-ed25519 A', home: '/home/debian' });
  await machinesWith().create(JOB, 1);
  expect(double.servers.map(({ id }) => id)).toEqual([last]);
});

test('a worker that lost its job to another asks for no more machines', async () => {
  let asked = 0;
  const lost = async () => {
    asked += 1;
    if (asked > 1) throw new Error('The job is elsewhere.');
  };
  await expect(machinesWith().create(JOB, 8, lost)).rejects.toThrow('elsewhere');
  expect(names()).toHaveLength(5);
});

test('a machine that lists leave out is not gone while the cloud still knows it', async () => {
  await machinesWith().create(JOB, 1);
  let lists = 0;
  const partial: Ask = async (asking, signal) => {
    if (asking.method === 'DELETE' && lists < 3) return { status: 409, headers: new Headers(), body: {} };
    if (!asking.url.includes('detail') || lists++ === 0) return double.ask(asking, signal);
    return { status: 200, headers: new Headers(), body: { servers: [] } };
  };
  await machinesWith({}, partial).destroy(JOB);
  expect(names()).toEqual([]);
});

test('what cloud-init is to be told is given to each machine, and without it nothing is', async () => {
  await machinesWith().create(JOB, 1);
  expect(double.servers[0]).not.toHaveProperty('user_data');
  const userData = '#cloud-config\nruncmd: [[sh, -c, "echo größer"]]\n';
  await machinesWith({ userData }).create(JOB, 3);
  const told = double.servers.slice(1).map(({ user_data = '' }) => Buffer.from(user_data, 'base64').toString());
  expect(told).toEqual([userData, userData]);
});

/** The end of the worker, just before a call or just after it had its effect. */
class Killed extends Error {}

test('a worker that is killed at any moment while it makes or removes machines makes none twice and leaves none', async () => {
  let kills = 0;
  for (let life = 1; life <= 150; life += 1) {
    double = new OpenStackDouble();
    const random = seeded(life);
    const ask: Ask = async (asking, signal) => {
      if (random.chance(0.08)) throw new Killed();
      const answer = await double.ask(asking, signal);
      if (random.chance(0.08)) throw new Killed();
      return answer;
    };
    const another = async <T>(work: () => Promise<T>): Promise<T> => {
      for (;;) {
        try {
          return await work();
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          kills += 1;
        }
      }
    };
    const patience = random.between(0, 8); // then the job is cancelled, whatever there is
    for (let look = 0; look < patience; look += 1) {
      const { coming } = await another(() => machinesWith({}, ask).create(JOB, 3));
      expect(new Set(names()).size).toBe(names().length);
      for (const name of names()) if (random.chance(0.5)) double.become(name, random.chance(0.2) ? 'ERROR' : 'ACTIVE');
      if (coming === 0) break;
    }
    await another(() => machinesWith({}, ask).destroy(JOB));
    expect(names()).toEqual([]);
  }
  expect(kills).toBeGreaterThan(150);
});
