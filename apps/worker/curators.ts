import type { Database } from '@kiln/db/connect';
import { type Curator, type CuratorKey, type Job, jobDirectory, KnownError, type Platform } from '@kiln/domain';
import { myTardis } from '@kiln/platforms/curators/mytardis/mytardis';
import type { Keyring } from './keyring.ts';
import { openSecrets } from './secrets.ts';

/** Where the results of a job are published. Its key is opened when it is needed: it may have been changed since. */
export function curatorOf(
  db: Database,
  keyring: Keyring,
  { name, curator: address }: Pick<Platform, 'name' | 'curator'>,
  job: Pick<Job, 'connector' | 'id' | 'curation'>,
  signal: AbortSignal,
): Curator {
  const { installation } = keyring;
  const publisher = { tag: `kiln:${installation}:${job.id}`, label: `${jobDirectory(job)}-${installation}` };
  let opening: Promise<Curator> | null = null;

  async function open(): Promise<Curator> {
    if (!address) throw new KnownError('PLATFORM_UNAVAILABLE', `${name} is no MyTardis any more.`, { retryable: true });
    if (job.curation && !job.curation.url.startsWith(`${address.url}/`)) {
      const message = `${name} is at ${address.url} now, and the experiment of this job is ${job.curation.url}; have it lead there again, or cancel the job.`;
      throw new KnownError('CONFLICT', message, { retryable: true });
    }
    const { credential } = await openSecrets(db, keyring, name);
    const key = JSON.parse(credential) as CuratorKey; // checks alone seal it
    return myTardis({ address, key, signal }, publisher);
  }
  const opened = () => {
    opening ??= open();
    return opening;
  };

  return {
    experiment: async (wanted) => (await opened()).experiment(wanted),
    describe: async (experiment, sets) => (await opened()).describe(experiment, sets),
    dataset: async (experiment, dataset) => (await opened()).dataset(experiment, dataset),
  };
}
