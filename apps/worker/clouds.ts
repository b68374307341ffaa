import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cloudCredential } from '@kiln/db/clouds';
import type { Database } from '@kiln/db/connect';
import { noteMachines } from '@kiln/db/rented-machines';
import { type Cloud, type CloudAccess, type HostKey, KnownError, type Platform, type Site } from '@kiln/domain';
import { greet } from '@kiln/platforms/clouds/greet';
import { createHostKeys, type HostKeys } from '@kiln/platforms/clouds/host-keys';
import { cloudMachines } from '@kiln/platforms/clouds/machines';
import { type OpenCloud, openCloud } from '@kiln/platforms/clouds/open-cloud';
import type { CloudProvider } from '@kiln/platforms/clouds/provider';
import type { Machines } from '@kiln/platforms/machines';
import { setupLines } from '@kiln/platforms/setup-lines';
import { type Access, hopOf, type Pool } from '@kiln/platforms/shells/pool';
import { publicKeyOf } from '@kiln/platforms/shells/ssh';
import { createSite } from '@kiln/platforms/site';
import { fromDatabase } from './from-database.ts';
import type { Keyring } from './keyring.ts';
import { createOpenedClouds } from './opened-clouds.ts';

/** The clouds that this worker speaks to. */
export interface Clouds {
  site(platform: Platform, signal: AbortSignal): Site;
  /** Also of one that was removed. */
  provider(platform: Platform, signal: AbortSignal): Promise<CloudProvider>;
  /** What the cloud said of itself may be different now. */
  forget(name: string): void;
}

interface Opened {
  readonly access: CloudAccess;
  readonly open: OpenCloud;
  readonly hostKeys: HostKeys;
}

export function createClouds(db: Database, keyring: Keyring, pool: Pool): Clouds {
  /** One token for all jobs of a platform. */
  const clouds = createOpenedClouds<Opened>();

  async function open({ name }: Platform, cloud: Cloud): Promise<Opened> {
    const sealed = await fromDatabase(() => cloudCredential(db, name));
    if (!sealed) throw new KnownError('LOGIN_REFUSED', `Kiln has no key for ${name}; register one on its page.`, { retryable: true });
    return clouds.get(name, cloud, sealed, () => {
      const access = JSON.parse(keyring.open(sealed)) as CloudAccess; // checks alone seal it
      return { access, open: openCloud(cloud, access.key), hostKeys: createHostKeys() };
    });
  }

  /** What it lists is noted for people. */
  function noting({ name: platform }: Platform, { pricePerHour }: Cloud, provider: CloudProvider): CloudProvider {
    return {
      ...provider,
      async list() {
        const at = Date.now();
        const machines = await provider.list();
        await fromDatabase(() => noteMachines(db, { platform, pricePerHour }, machines, at));
        return machines;
      },
    };
  }

  return {
    site(platform, signal) {
      const { name, settings, slots } = platform;
      const cloud = cloudOf(platform);
      const opened = () => open(platform, cloud);
      const provided = async () => noting(platform, cloud, providerOf(await opened(), cloud, keyring, signal));
      const machines = async (): Promise<Machines> => {
        const { access, hostKeys } = await opened();
        return cloudMachines(hostKeys.remembering(await provided()), {
          cloud,
          slots,
          greet: (address) => greet(address, cloud.user, access.login),
          rootIn: (home) => join(home, '.kiln'),
          gone: (name, address) => pool.forget(there(name, address)),
          pause: (time) => pause(time, undefined, { signal }),
          signal,
        });
      };

      /** Another platform's machine, or a later one of this platform, may have the same address. */
      const there = (machine: string, address: string) => ({
        connection: { ...hopOf(address), jumps: [] },
        machine: `${cloud.tag} ${machine}`,
      });

      /** Asked when a connection is opened: the host key is the one that was noted with the machine. */
      const accessTo = async (machine: string, address: string): Promise<Access> => {
        const { access, hostKeys } = await opened();
        const noted = await hostKeys.of(await provided(), machine);
        return { credential: access.login, hostKeys: [hostKeyOf(address, noted)] };
      };

      const made: Machines = {
        list: async (job) => (await machines()).list(job),
        create: async (job, count, ours, past) => (await machines()).create(job, count, ours, past),
        giveBack: async (job, names) => (await machines()).giveBack(job, names),
        destroy: async (job) => (await machines()).destroy(job),
      };
      const shellOn = ({ name: machine, address }: { name: string; address: string }) =>
        pool.shell({ name, ...there(machine, address), limits: settings.limits, access: () => accessTo(machine, address) }, signal);
      return createSite(made, shellOn, setupLines(settings));
    },
    async provider(platform, signal) {
      const cloud = cloudOf(platform);
      return noting(platform, cloud, providerOf(await open(platform, cloud), cloud, keyring, signal));
    },
    forget: clouds.forget,
  };
}

function providerOf({ access, open }: Opened, cloud: Cloud, keyring: Keyring, signal: AbortSignal): CloudProvider {
  const publicKey = publicKeyOf(access.login, commentOf(keyring));
  return open.provider({ cloud, installation: keyring.installation, publicKey }, signal);
}

/** At the end of public keys. */
export function commentOf({ installation }: Pick<Keyring, 'installation'>): string {
  return `kiln-${installation}-${userInfo().username}`;
}

function cloudOf({ name, cloud }: Platform): Cloud {
  if (cloud) return cloud;
  throw new KnownError('PLATFORM_UNAVAILABLE', `${name} is no cloud any more.`, { retryable: true });
}

function hostKeyOf(address: string, noted: string): HostKey {
  const [type = '', fingerprint = ''] = noted.split(' ');
  const { host, port } = hopOf(address);
  return { address: `${host}:${port}`, type, fingerprint };
}
