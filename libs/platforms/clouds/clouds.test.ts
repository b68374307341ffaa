import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cloud, CloudKey, OpenStackKey } from '@kiln/domain';
import { cloudMissing, openStackBed } from '@kiln/testing/bed';
import { beforeAll, describe, expect } from 'vitest';
import { type CloudUnderTest, cloudContract, type MachinesUnderTest, machinesContract } from '../contract/cloud-contract.ts';
import { createKey } from '../shells/ssh.ts';
import { EC2_CLOUD, EC2_KEY, Ec2Double } from '../testing/ec2.ts';
import { serveEc2 } from '../testing/ec2-server.ts';
import { CLOUD, OpenStackDouble } from '../testing/open-stack.ts';
import { serveOpenStack } from '../testing/open-stack-server.ts';
import { localCloud } from './local.ts';
import { cloudMachines } from './machines.ts';
import { openCloud } from './open-cloud.ts';

const OPEN_STACK_KEY: OpenStackKey = { kind: 'application-credential', id: 'i', secret: 's' };

/** What speaks to a cloud that is open for a test. */
function speaking(cloud: Cloud, key: CloudKey, mark = ''): Pick<CloudUnderTest, 'cloud' | 'patience' | 'provider'> {
  const { publicKey } = createKey('tested');
  const open = openCloud(cloud, key);
  return {
    cloud,
    patience: 20_000,
    provider: (installation, change = {}) =>
      open.provider({ cloud: { ...cloud, ...change }, installation: `${installation}${mark}`, publicKey }, new AbortController().signal),
  };
}

async function openStackDouble(): Promise<CloudUnderTest> {
  const double = new OpenStackDouble();
  const { url, close } = await serveOpenStack(double);
  return {
    ...speaking({ ...CLOUD, endpoint: `${url}/v3` }, OPEN_STACK_KEY),
    async up() {
      for (const { name, status } of double.servers) if (status === 'BUILD') double.become(name, 'ACTIVE');
    },
    async later() {
      double.ahead += 2000;
    },
    close,
  };
}

async function ec2Double(): Promise<CloudUnderTest> {
  const double = new Ec2Double();
  const server = await serveEc2(double);
  return {
    ...speaking({ ...EC2_CLOUD, endpoint: server.url }, EC2_KEY),
    async up() {
      for (const { Tags } of double.there) double.become(Tags?.find(({ Key }) => Key === 'Name')?.Value ?? '', 'running');
    },
    async later() {
      double.ahead += 2000;
    },
    async close() {
      await server.close();
      expect(server.complaints).toEqual([]);
    },
  };
}

/** What each test makes there is of installations of its own, and is given back at its end. */
async function realOpenStack(): Promise<CloudUnderTest> {
  const env = await openStackBed();
  const { OS_AUTH_URL = '', OS_REGION_NAME = '', OS_IMAGE = '', OS_FLAVOR = '', OS_NETWORK = '', OS_SSH_USER = '' } = env;
  const cloud: Cloud = {
    ...{ ...CLOUD, endpoint: OS_AUTH_URL, region: OS_REGION_NAME, sourceRange: '10.0.0.0/8' },
    ...{ image: OS_IMAGE, size: OS_FLAVOR, network: OS_NETWORK, user: OS_SSH_USER },
  };
  const spoken = speaking(cloud, keyIn(env), randomBytes(3).toString('hex'));
  const used = new Map<string, ReturnType<CloudUnderTest['provider']>>();
  const all = async () => (await Promise.all([...used.values()].map((provider) => provider.list()))).flat();
  const soon = { timeout: 300_000, interval: 500 };
  return {
    ...{ cloud, patience: soon.timeout },
    provider(installation, change = {}) {
      const provider = spoken.provider(installation, change);
      used.set(`${installation} ${change.tag}`, spoken.provider(installation, { tag: change.tag ?? cloud.tag }));
      return provider;
    },
    up: () => expect.poll(async () => (await all()).every(({ state }) => state === 'up'), soon).toBe(true),
    later: async () => void (await pause(2000)),
    async close() {
      for (const provider of used.values()) {
        for (const { id } of await provider.list()) await provider.destroy(id);
        await expect.poll(() => provider.list(), soon).toEqual([]);
        await expect.poll(() => provider.withdraw().then(() => 'done', String), soon).toBe('done');
      }
    },
  };
}

function keyIn(env: Readonly<Record<string, string>>): OpenStackKey {
  const { OS_USERNAME: user = '', OS_PASSWORD: password = '', OS_PROJECT_NAME: name = '' } = env;
  const [userDomain, projectDomain] = [{ name: 'Default' }, { name: 'Default' }];
  return { kind: 'cloud-password', user, userDomain, password, project: { name }, projectDomain };
}

/** Machines of a cloud on which whoever comes first is let in. */
async function machinesOf(opened: Promise<CloudUnderTest>): Promise<MachinesUnderTest> {
  const under = await opened;
  return {
    ...under,
    machines: (installation) =>
      cloudMachines(under.provider(installation), {
        ...{ cloud: under.cloud, slots: 1, signal: new AbortController().signal },
        greet: async (address) => ({ hostKey: `ssh-ed25519 SHA256:${address}`, home: `/home/${under.cloud.user}` }),
        rootIn: (home) => join(home, '.kiln'),
        gone: () => {},
        pause: (time) => pause(Math.min(time, 2000)),
      }),
  };
}

async function localMachines(): Promise<MachinesUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'kiln-machines-'));
  return {
    machines: (installation) => localCloud(join(directory, installation), 1),
    up: async () => {},
    close: () => rm(directory, { recursive: true, force: true }),
  };
}

cloudContract('an OpenStack in memory', openStackDouble);
cloudContract('an EC2 in memory', ec2Double);
machinesContract('machines of an OpenStack in memory', () => machinesOf(openStackDouble()));
machinesContract('machines of an EC2 in memory', () => machinesOf(ec2Double()));
machinesContract('machines that are directories here', localMachines);

describe.skipIf(cloudMissing)('for real', () => {
  beforeAll(async () => void (await openStackBed()), 300_000);
  cloudContract('an OpenStack', realOpenStack);
  machinesContract('machines of an OpenStack', () => machinesOf(realOpenStack()));
});
