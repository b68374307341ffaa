import { join } from 'node:path';
import { type Job, jobDirectory, KnownError, type Platform, type Site, type Storage } from '@kiln/domain';
import { localCloud } from '@kiln/platforms/clouds/local';
import { localStorage } from '@kiln/platforms/files/local';
import { oneMachine } from '@kiln/platforms/machines';
import { localShell } from '@kiln/platforms/shells/local';
import { createSite } from '@kiln/platforms/site';

/** The conversations that this worker can hold. */
export interface Places {
  /** `signal` breaks off what the conversation is doing. */
  site(platform: Platform, signal: AbortSignal): Site;
  /** The directory `path` of a storage platform. */
  storage(platform: string, path: string, signal: AbortSignal): Storage;
}

export function localPlaces(home: string, environment: Readonly<Record<string, string | undefined>>): Places {
  return {
    site({ kind, name, slots }, signal) {
      const shell = localShell(environment, signal);
      const machines =
        kind === 'cloud'
          ? localCloud(join(home, 'machines'), slots)
          : oneMachine({ name, address: 'this machine', root: join(home, 'scratch'), slots });
      return createSite(machines, () => shell);
    },
    storage(platform, path, signal) {
      if (platform !== 'local')
        throw new KnownError('PLATFORM_UNAVAILABLE', `${platform} does not store results; choose the storage local.`);
      return localStorage(join(home, 'outputs', path), localShell(environment, signal));
    },
  };
}

/** A job's own directory below an output location. */
export function outputDirectory(path: string, job: Pick<Job, 'connector' | 'id'>): string {
  return join(path, jobDirectory(job));
}
