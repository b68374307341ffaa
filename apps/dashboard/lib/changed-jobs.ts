import { jobFields } from '@kiln/client/documents';
import { client } from './client.ts';
import { type Job, jobsChanged } from './documents.ts';
import { useFollow } from './live.ts';

type Listener = (jobs: readonly Job[]) => void;
const listeners = new Set<Listener>();
let position: number | null = null;

/** Follows the reader's jobs for the whole page: into the cache, and to whoever listens. */
export function useChangedJobs(): void {
  useFollow('jobs', jobsChanged, {
    variables: () => (position === null ? {} : { after: position }),
    message: ({ jobsChanged: { jobs, lastSeq } }) => {
      position = lastSeq;
      client.cache.batch({
        update: (cache) => {
          for (const data of jobs) cache.writeFragment({ fragment: jobFields, fragmentName: 'JobFields', data });
        },
      });
      for (const listener of listeners) listener(jobs);
    },
  });
}

export function onChangedJobs(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Something came already, so that a reconnect goes on after it; otherwise what was read meanwhile must be read again. */
export function knowsPosition(): boolean {
  return position !== null;
}
