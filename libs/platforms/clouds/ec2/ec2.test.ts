import { seeded } from '@kiln/testing/random';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ec2Bench } from '../../testing/ec2-bench.ts';

const JOB = { id: 7, connector: 'pi' };
const FIRST = { job: 'pi7', number: 1, name: 'pi7-1' };

let bench: Awaited<ReturnType<typeof ec2Bench>>;
beforeEach(async () => {
  bench = await ec2Bench();
});
afterEach(() => bench.close());

const ours = async () => {};
const up = () => bench.names().forEach((name) => void bench.double.become(name ?? '', 'running'));

test('all that comes with a machine is marked, ends with it, and is not to be had from within without a token', async () => {
  await bench.provider({ cloud: { userData: '#cloud-config\npackages: [gcc] # ü\n' } }).create(FIRST);
  const [request] = bench.asked('RunInstances');
  const Tags = Object.entries({
    ...{ 'kiln-installation': 'abcd', 'kiln-platform': 'ours', 'kiln-job': 'pi7', 'kiln-number': '1', Name: 'pi7-1' },
  }).map(([Key, Value]) => ({ Key, Value }));
  expect(request).toMatchObject({
    ...{ ImageId: 'ami-0aaaaaaaaaaaaaaa4', InstanceType: 't3.small', SubnetId: 'subnet-1', KeyName: 'kiln-abcd-ours' },
    ...{ MinCount: 1, MaxCount: 1, InstanceInitiatedShutdownBehavior: 'terminate', ClientToken: expect.stringMatching(/^[\da-f]{64}$/) },
    MetadataOptions: { HttpTokens: 'required' },
    BlockDeviceMappings: ['/dev/xvda', '/dev/xvdb'].map((DeviceName) => ({ DeviceName, Ebs: { DeleteOnTermination: true } })),
    TagSpecifications: ['instance', 'volume', 'network-interface'].map((ResourceType) => ({ ResourceType, Tags })),
    UserData: Buffer.from('#cloud-config\npackages: [gcc] # ü\n').toString('base64'),
  });
});

test('a machine that was made though nobody heard of it is the one that is made', async () => {
  bench.double.faults.push({ action: 'RunInstances', after: () => true });
  await bench.provider().create(FIRST);
  expect(bench.names()).toEqual(['pi7-1']);
});

test('workers that ask for the same machine before a list shows it get one', async () => {
  bench.double.shy = 3;
  await Promise.all([bench.provider().create(FIRST), bench.provider().create(FIRST)]);
  await bench.provider().create(FIRST);
  expect(await bench.provider().list()).toEqual([]);
  await bench.provider({ installation: 'other' }).create(FIRST);
  await bench.provider({ cloud: { tag: 'another' } }).create(FIRST);
  expect(bench.names()).toEqual(['pi7-1', 'pi7-1', 'pi7-1']);
});

test.each([false, true])(
  'one that is gone is made anew, though its token is used up (%s: and is answered with what is gone)',
  async (oldTokens) => {
    bench.double.oldTokens = oldTokens;
    for (let i = 1; i <= 4; i += 1) {
      await bench.provider().create(FIRST);
      expect(bench.names()).toEqual(['pi7-1']);
      bench.double.become('pi7-1', i % 2 === 0 ? 'terminated' : 'shutting-down');
    }
    expect(bench.double.instances).toHaveLength(4);
  },
);

test('a machine that is not known everywhere yet is noted later', async () => {
  await bench.provider().create(FIRST);
  bench.double.faults.push({ action: 'CreateTags', code: 'InvalidInstanceID.NotFound' });
  const note = () => bench.provider().note('i-00000000000000001', { hostKey: 'ssh-ed25519 A', home: '/home/admin' });
  await expect(note()).rejects.toMatchObject({ retryable: true });
  await note();
  const long = bench.provider().note('i-00000000000000001', { hostKey: 'ssh-ed25519 A', home: `/${'x'.repeat(256)}` });
  await expect(long).rejects.toMatchObject({ message: expect.stringContaining('257 characters') });
});

test('a machine that somebody stopped, or that ended, is not there for a job any more', async () => {
  for (const number of [1, 2, 3]) await bench.provider().create({ job: 'pi7', number, name: `pi7-${number}` });
  bench.double.become('pi7-1', 'stopped', { Code: 'Client.UserInitiatedShutdown', Message: 'User initiated shutdown' });
  bench.double.become('pi7-2', 'terminated', { Code: 'Server.SpotInstanceTermination', Message: 'Spot instance termination' });
  bench.double.become('pi7-3', 'running');
  expect((await bench.provider().list()).map(({ name, state, fault }) => [name, state, fault])).toEqual([
    ['pi7-1', 'failed', 'pi7-1 is stopped: User initiated shutdown.'],
    ['pi7-3', 'up', null],
  ]);
});

test('one that cannot be started is told with its reason, once, and not made again and again', async () => {
  const machines = bench.machines();
  await machines.create(JOB, 2, ours, []);
  bench.double.become('pi7-1', 'terminated', { Code: 'Client.VolumeLimitExceeded', Message: 'Volume limit exceeded' });
  bench.double.become('pi7-2', 'running');
  const { machines: made, coming, reasons } = await machines.create(JOB, 2, ours, []);
  expect([made.map(({ name }) => name), coming, reasons]).toEqual([['pi7-2'], 0, ['pi7-1 is terminated: Volume limit exceeded.']]);
  expect(bench.double.instances).toHaveLength(2);
  await machines.destroy(JOB);
  expect(bench.names()).toEqual([]);
  const another = bench.machines();
  await another.destroy(JOB); // to others it is still news
  expect(await another.list(JOB)).toEqual([]);
  bench.double.ahead = 601_000;
  expect(await bench.provider().list()).toEqual([]);
});

test('machines are reached at public addresses if they have one, and at IPv6 ones if they are let in from there alone', async () => {
  await bench.provider().create(FIRST);
  up();
  const seen = async (sourceRange: string) => (await bench.provider({ cloud: { sourceRange } }).list())[0]?.address;
  expect([await seen('192.0.2.0/24'), await seen('2001:db8::/32')]).toEqual(['10.0.0.1', null]);
  Object.assign(bench.double.instances[0] ?? {}, { PublicIpAddress: '198.51.100.7', Ipv6Address: '2001:db8::7' });
  expect([await seen('192.0.2.0/24'), await seen('2001:db8::/32')]).toEqual(['198.51.100.7', '2001:db8::7']);
});

test('the age of a machine is told by the clock of the cloud, which may be another day', async () => {
  bench.double.ahead = 86_400_000;
  await bench.provider().create(FIRST);
  bench.double.ahead += 100_000;
  const [{ age } = { age: 0 }] = await bench.provider().list();
  expect(Math.abs(age - 100)).toBeLessThan(60);
});

test('of fifty machines over many pages those that come are there, whatever is lost, throttled or not shown on the way', async () => {
  Object.assign(bench.double, { page: 7, shy: 2 });
  for (let i = 0; i < 3; i += 1) bench.double.faults.push({ action: 'RunInstances', after: () => true });
  bench.double.faults.push(
    { action: 'RunInstances', code: 'RequestLimitExceeded', status: 503 },
    { action: 'DescribeInstances', status: 503, html: '<h1>' },
  );
  const look = () => bench.machines().create(JOB, 50, ours, []);
  for (let looks = 0; looks < 4; looks += 1) await look();
  expect(bench.double.there).toHaveLength(50);
  up();
  expect(await look()).toMatchObject({ coming: 0, reasons: [] });
  expect(await bench.machines().list(JOB)).toHaveLength(50);
  await bench.machines().destroy(JOB);
  expect(bench.names()).toEqual([]);
});

test('what does not take notice of filters shows others, and they stay', async () => {
  const theirs = { installation: 'theirs' };
  await bench.provider(theirs).create(FIRST);
  bench.double.unfiltered = true;
  await bench.machines().create(JOB, 1, ours, []);
  const mine = bench.provider();
  expect(await mine.list()).toHaveLength(1);
  await bench.machines().destroy(JOB);
  await mine.list();
  await mine.withdraw();
  expect(bench.names()).toEqual(['pi7-1']);
  expect(bench.double.estate.keyPairs.map(({ KeyName }) => KeyName)).toEqual(['kiln-theirs-ours']);
  expect(bench.double.estate.groups.map(({ GroupName }) => GroupName)).toEqual(['default', 'default', 'kiln-theirs-ours']);
});

/** The end of the worker, just before a call or just after it had its effect. */
class Killed extends Error {}

test('a worker that is killed at any moment while it makes or removes machines makes none twice and leaves none', async () => {
  let kills = 0;
  for (let life = 1; life <= 60; life += 1) {
    const random = seeded(life);
    let worker = new AbortController();
    const kill = () => {
      if (!random.chance(0.05)) return false;
      worker.abort(new Killed());
      return true;
    };
    bench.double.faults.splice(0, Infinity, { action: '', times: Infinity, before: kill, after: kill });
    const another = async <T>(work: (machines: ReturnType<typeof bench.machines>) => Promise<T>): Promise<T> => {
      for (;;) {
        worker = new AbortController();
        try {
          return await work(bench.machines({ signal: worker.signal }));
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          kills += 1;
        }
      }
    };
    const patience = random.between(0, 6); // then the job is cancelled, whatever there is
    for (let look = 0; look < patience; look += 1) {
      const { coming } = await another((machines) => machines.create(JOB, 3, ours, []));
      expect(new Set(bench.names()).size).toBe(bench.names().length);
      for (const name of bench.names()) if (random.chance(0.5)) bench.double.become(name ?? '', random.chance(0.2) ? 'stopped' : 'running');
      if (coming === 0) break;
    }
    await another((machines) => machines.destroy(JOB));
    expect(bench.names()).toEqual([]);
    bench.double.instances = [];
  }
  expect(kills).toBeGreaterThan(60);
});

test('a worker that is to end does not wait for an answer, nor until it may ask again', async () => {
  const worker = new AbortController();
  const provider = bench.provider({ signal: worker.signal });
  await provider.list();
  bench.double.faults.push({
    action: 'DescribeInstances',
    code: 'RequestLimitExceeded',
    status: 503,
    headers: { 'retry-after': '600' },
    times: 9,
  });
  const asked = provider.list();
  await expect.poll(() => bench.double.faults[0]?.times).toBe(8);
  worker.abort(new Error('The worker ends.'));
  await expect(asked).rejects.toThrow('The worker ends.');
  expect(bench.double.faults[0]?.times).toBe(8);
});
