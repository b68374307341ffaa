import { join } from 'node:path';
import type { Database } from '@kiln/db/connect';
import {
  type Credential,
  type Curator,
  isScheduler,
  type Job,
  jobDirectory,
  KnownError,
  type Platform,
  type Site,
  type Storage,
} from '@kiln/domain';
import { localCloud } from '@kiln/platforms/clouds/local';
import type { CloudProvider } from '@kiln/platforms/clouds/provider';
import type { DirectMachine } from '@kiln/platforms/direct/machine';
import { localStorage } from '@kiln/platforms/files/local';
import { oneMachine } from '@kiln/platforms/machines';
import { type Cluster, createCluster } from '@kiln/platforms/schedulers/cluster';
import { createClusterSite } from '@kiln/platforms/schedulers/cluster-site';
import { schedulerOf } from '@kiln/platforms/schedulers/find-scheduler';
import { setupLines } from '@kiln/platforms/setup-lines';
import { localShell } from '@kiln/platforms/shells/local';
import { type Access, addressOf, createPool, type LinkReport, type Pool, type Target } from '@kiln/platforms/shells/pool';
import type { Shell } from '@kiln/platforms/shells/shell';
import { createSite } from '@kiln/platforms/site';
import { createBuckets } from './buckets.ts';
import { createClouds } from './clouds.ts';
import { curatorOf } from './curators.ts';
import { machineOf } from './direct-machine.ts';
import type { Keyring } from './keyring.ts';
import { localRoots, type Roots } from './roots.ts';
import { openSecrets } from './secrets.ts';
import { storageInBucket, storageOnMachine, storageOnWeb } from './storages.ts';

/** The conversations that this worker can hold. */
export interface Places extends Roots {
  /** `signal` breaks off what the conversation is doing. */
  site(platform: Platform, signal: AbortSignal): Site;
  /** The directory `path` of a platform that stores. */
  storage(platform: Platform, path: string, signal: AbortSignal): Storage;
  /** What a copy needs that does not pass through this worker; null for a place to which nobody logs in. */
  machine(platform: Platform): DirectMachine | null;
  /** Where the results of a job are published. */
  curator(platform: Platform, job: Job, signal: AbortSignal): Curator;
  /** The next command to this platform tries to reach it, however often that failed. */
  retry(platform: Pick<Platform, 'name' | 'connection'>): void;
  /** The cloud of a platform, also of one that was removed. */
  cloud(platform: Platform, signal: AbortSignal): Promise<CloudProvider>;
  /** What is open to other machines. */
  links(): readonly LinkReport[];
  close(): void;
}

export interface PlacesOptions {
  readonly db: Database;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly keyring: Keyring;
}

export function createPlaces({ db, home, environment, keyring }: PlacesOptions): Places {
  const pool = createPool();
  const buckets = createBuckets(db, keyring);
  const clouds = createClouds(db, keyring, pool);
  const clusterOf = createClusters(pool);

  function remote(platform: Platform, signal: AbortSignal) {
    const { connection, facts } = knownOf(platform);
    const { name, settings } = platform;
    const target = { name, connection, limits: settings.limits, access: () => accessOf(db, keyring, name) };
    // Another installation may have jobs of the same numbers there.
    return { target, connection, shell: pool.shell(target, signal), root: join(facts.root, keyring.installation) };
  }

  function remoteSite(platform: Platform, signal: AbortSignal): Site {
    const { name, slots, settings } = platform;
    const { target, connection, shell, root } = remote(platform, signal);
    const machines = oneMachine({ name, address: addressOf(connection), root, slots });
    if (!isScheduler(platform.kind)) return createSite(machines, () => shell, setupLines(settings));
    return createClusterSite(
      createSite(machines, () => shell),
      shell,
      clusterOf(platform, target),
      platform,
    );
  }

  return {
    site(platform, signal) {
      if (platform.provider === 'local') return localSite(platform, home, localShell(environment, signal));
      return platform.kind === 'cloud' ? clouds.site(platform, signal) : remoteSite(platform, signal);
    },
    storage(platform, path, signal) {
      const { provider, bucket, url } = platform;
      if (provider === 'local') return localStorage(join(home, 'outputs', path), localShell(environment, signal));
      if (bucket) return storageInBucket(platform, bucket, path, buckets, keyring.installation, signal);
      if (url) return storageOnWeb(db, keyring, platform.name, url, signal);
      return storageOnMachine(platform, knownOf(platform).facts, path, remote(platform, signal).shell, keyring.installation);
    },
    machine: (platform) => machineOf(db, keyring, platform, (signal) => remote(platform, signal).shell),
    curator: (platform, job, signal) => curatorOf(db, keyring, platform, job, signal),
    async roots(platform, signal) {
      if (platform.provider === 'local') return localRoots(platform, home, localShell(environment, signal));
      if (platform.bucket || platform.url || platform.curator) return []; // nothing computes there
      if (platform.kind === 'cloud') return []; // its machines go with their jobs
      const { connection, shell, root } = remote(platform, signal);
      return [{ shell, path: root, machine: null, key: `${addressOf(connection)} ${root}` }];
    },
    retry({ name, connection }) {
      if (connection) pool.retry(connection);
      buckets.forget(name);
      clouds.forget(name);
    },
    cloud: clouds.provider,
    links: () => pool.report(),
    close() {
      pool.close();
      buckets.close();
    },
  };
}

function createClusters(pool: Pool): (platform: Platform, target: Target) => Cluster {
  /** By login, with what was known when it was made. */
  const clusters = new Map<string, { readonly known: string; readonly cluster: Cluster }>();

  /** Its queue is asked for all jobs at once, so it outlives each of them. */
  return ({ name, kind, facts, settings: { limits } }: Platform, target) => {
    if (!isScheduler(kind) || !facts?.scheduler) {
      throw new KnownError('PLATFORM_UNAVAILABLE', `The scheduler of ${name} has never answered; check it on its page.`, {
        retryable: true,
      });
    }
    const login = `${kind} ${addressOf(target.connection)}`;
    const known = JSON.stringify([facts.scheduler, limits]);
    const before = clusters.get(login);
    if (before?.known === known) return before.cluster;
    const cluster = createCluster(schedulerOf(kind, facts.scheduler.dialect), facts.scheduler, limits, pool.shell(target));
    clusters.set(login, { known, cluster });
    return cluster;
  };
}

function localSite({ kind, name, slots }: Platform, home: string, shell: Shell): Site {
  const machines =
    kind === 'cloud'
      ? localCloud(join(home, 'machines'), slots)
      : oneMachine({ name, address: 'this machine', root: join(home, 'scratch'), slots });
  return createSite(machines, () => shell);
}

async function accessOf(db: Database, keyring: Keyring, name: string): Promise<Access> {
  const { credential, hostKeys } = await openSecrets(db, keyring, name);
  return { credential: JSON.parse(credential) as Credential, hostKeys }; // checks alone seal it
}

function knownOf({ name, connection, facts }: Pick<Platform, 'name' | 'connection' | 'facts'>) {
  if (connection && facts) return { connection, facts };
  throw new KnownError('PLATFORM_UNAVAILABLE', `${name} was never found ready; check it on its page.`, { retryable: true });
}

/** A job's own directory below an output location. */
export function outputDirectory(path: string, job: Pick<Job, 'connector' | 'id'>): string {
  return join(path, jobDirectory(job));
}
