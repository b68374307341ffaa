import { KnownError } from '@kiln/domain';
import { beforeEach, expect, test } from 'vitest';
import { CLOUD, OpenStackDouble } from '../testing/open-stack.ts';
import { cloudMachines } from './machines.ts';
import { openCloud } from './open-cloud.ts';

const JOB = { id: 7, connector: 'pi' };
let double: OpenStackDouble;
/** Addresses on which nobody answers. */
let deaf: string[];
beforeEach(() => {
  double = new OpenStackDouble();
  deaf = [];
});

function machines() {
  const key = { kind: 'application-credential', id: 'abc', secret: 'hush' } as const;
  const signal = new AbortController().signal;
  const use = { cloud: CLOUD, installation: 'abcd', publicKey: 'ssh-ed25519 AAAA kiln' };
  const made = cloudMachines(openCloud(CLOUD, key, double.ask).provider(use, signal), {
    ...{ cloud: CLOUD, slots: 1, rootIn: (home) => home, gone: () => {}, pause: async () => {}, signal },
    greet: async (address) => {
      if (deaf.includes(address)) throw new KnownError('PLATFORM_UNAVAILABLE', 'It is silent.', { retryable: true });
      return { hostKey: `ssh-ed25519 SHA256:${address}`, home: '/home/debian' };
    },
  });
  return { ...made, create: (count: number, past: string[] = []) => made.create(JOB, count, async () => {}, past) };
}
const names = () => double.servers.map(({ name }) => name).sort();
const later = (seconds: number) => {
  double.ahead += seconds * 1000;
};

test('a machine that takes longer than half the boot time-out is late, is there when it comes, and is given back if it never does', async () => {
  const ours = machines();
  await ours.create(2);
  double.become('pi7-1', 'ACTIVE');
  const told = async () => {
    const { machines: there, coming, late } = await ours.create(2);
    return [there.map(({ name }) => name), coming, late];
  };
  expect(await told()).toEqual([['pi7-1'], 1, 0]);
  later(CLOUD.bootTimeout * 0.6);
  expect(await told()).toEqual([['pi7-1'], 1, 1]);
  double.become('pi7-2', 'ACTIVE');
  deaf = ['10.0.0.2'];
  expect(await told()).toEqual([['pi7-1'], 1, 1]);
  deaf = [];
  expect(await told()).toEqual([['pi7-1', 'pi7-2'], 0, 0]);
});

test('a machine that is late and never comes is given back, with the reason', async () => {
  const ours = machines();
  await ours.create(2);
  double.become('pi7-1', 'ACTIVE');
  await ours.create(2);
  later(CLOUD.bootTimeout * 1.1);
  const { machines: there, coming, reasons } = await ours.create(2);
  expect([there.length, coming, names()]).toEqual([1, 0, ['pi7-1']]);
  expect(reasons[0]).toContain('the cloud has not started it');
});

test('a machine in place of another has a name of its own, also if the cloud still lists the other', async () => {
  const ours = machines();
  await ours.create(2);
  for (const name of names()) double.become(name, 'ACTIVE');
  await ours.create(2);
  expect((await ours.create(2, ['pi7-1'])).coming).toBe(1);
  expect(names()).toEqual(['pi7-1', 'pi7-2', 'pi7-3']);
  await ours.giveBack(JOB, ['pi7-1', 'pi7-9']);
  expect(names()).toEqual(['pi7-2', 'pi7-3']);
  double.become('pi7-3', 'ACTIVE');
  expect((await ours.create(2, ['pi7-1'])).machines.map(({ name }) => name)).toEqual(['pi7-2', 'pi7-3']);
  await ours.destroy(JOB);
  expect(names()).toEqual([]);
});

test('a machine that the cloud has stopped is not listed for its job', async () => {
  const ours = machines();
  await ours.create(1);
  double.become('pi7-1', 'ACTIVE');
  await ours.create(1);
  expect(await ours.list(JOB)).toHaveLength(1);
  double.become('pi7-1', 'SHUTOFF');
  expect(await ours.list(JOB)).toEqual([]);
});
