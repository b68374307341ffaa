import {
  type AttemptRow,
  countFailures,
  type FailureCount,
  listAttempts,
  type RetryCost,
  retryCosts,
  type TaskRef,
} from '@kiln/db/attempts';
import type { Database } from '@kiln/db/connect';
import { expectedDatasets } from '@kiln/db/expected-datasets';
import { type IterationRow, iterationsOfJobs } from '@kiln/db/job-iterations';
import { type NodeRow, nodesOfJobs } from '@kiln/db/job-nodes';
import { countTasks, countTasksByNode, type IterationRef, type StateCounts } from '@kiln/db/job-tasks';
import { loadsOf, type PlatformLoad } from '@kiln/db/platform-jobs';
import { linksByAddress, type PlatformLink } from '@kiln/db/platform-links';
import { type JobSpan, type StageTime, stageTimes } from '@kiln/db/stage-times';
import DataLoader from 'dataloader';

/** What many jobs of one answer need, fetched together. */
export interface Loaders {
  readonly counts: DataLoader<IterationRef, StateCounts, string>;
  readonly nodes: DataLoader<number, NodeRow[]>;
  /** Tasks of a job's current iteration by node. */
  readonly nodeCounts: DataLoader<number, Map<string, StateCounts>>;
  readonly iterations: DataLoader<number, IterationRow[]>;
  /** How many a job's results make. */
  readonly datasets: DataLoader<number, number>;
  readonly failures: DataLoader<IterationRef, FailureCount[], string>;
  readonly retryCosts: DataLoader<number, RetryCost>;
  /** Of tasks that had more than one. */
  readonly attempts: DataLoader<TaskRef, AttemptRow[], string>;
  readonly stageTimes: DataLoader<JobSpan, StageTime[], number>;
  /** By the platform's name. */
  readonly platformLoads: DataLoader<string, PlatformLoad>;
  /** By `user@host:port`. */
  readonly links: DataLoader<string, PlatformLink | null>;
}

/** `share` may give the same answer to several who ask at the same moment of the history. */
export type Share = <T>(key: string, load: () => Promise<T>) => Promise<T>;

/** Batches always; remembers nothing, because a subscription lives on while the world changes. */
export function createLoaders(db: Database, share: Share = (_key, load) => load()): Loaders {
  return {
    counts: new DataLoader((refs) => share(`counts ${JSON.stringify(refs)}`, () => countTasks(db, refs)), {
      cache: false,
      cacheKeyFn: ({ jobId, iteration }) => `${jobId}/${iteration}`,
    }),
    nodes: new DataLoader((ids) => share(`nodes ${ids.join()}`, () => nodesOfJobs(db, ids)), { cache: false }),
    nodeCounts: new DataLoader((ids) => share(`nodes' tasks ${ids.join()}`, () => countTasksByNode(db, ids)), { cache: false }),
    iterations: new DataLoader((ids) => share(`iterations ${ids.join()}`, () => iterationsOfJobs(db, ids)), { cache: false }),
    datasets: new DataLoader((ids) => share(`datasets ${ids.join()}`, () => expectedDatasets(db, ids)), { cache: false }),
    failures: new DataLoader((refs) => share(`failures ${JSON.stringify(refs)}`, () => countFailures(db, refs)), {
      cache: false,
      cacheKeyFn: ({ jobId, iteration }) => `${jobId}/${iteration}`,
    }),
    retryCosts: new DataLoader((ids) => share(`retry costs ${ids.join()}`, () => retryCosts(db, ids)), { cache: false }),
    attempts: new DataLoader((tasks) => share(`attempts ${JSON.stringify(tasks)}`, () => listAttempts(db, tasks)), {
      cache: false,
      cacheKeyFn: ({ jobId, number }) => `${jobId}/${number}`,
    }),
    stageTimes: new DataLoader((jobs) => Promise.all(jobs.map((job) => share(`times ${job.id}`, () => stageTimes(db, job, Date.now())))), {
      cache: false,
      cacheKeyFn: (job) => job.id,
    }),
    platformLoads: new DataLoader((names) => loadsOf(db, names), { cache: false }),
    links: new DataLoader(
      async (addresses) => {
        const links = await linksByAddress(db);
        return addresses.map((address) => links.get(address) ?? null);
      },
      { cache: false },
    ),
  };
}
