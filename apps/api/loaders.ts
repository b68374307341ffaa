import type { Database } from '@kiln/db/connect';
import { type NodeRow, nodesOfJobs } from '@kiln/db/job-nodes';
import { countTasks, countTasksByNode, type IterationRef, type StateCounts } from '@kiln/db/job-tasks';
import { type JobSpan, type StageTime, stageTimes } from '@kiln/db/stage-times';
import DataLoader from 'dataloader';

/** What many jobs of one answer need, fetched together. */
export interface Loaders {
  readonly counts: DataLoader<IterationRef, StateCounts, string>;
  readonly nodes: DataLoader<number, NodeRow[]>;
  /** Tasks of a job's current iteration by node. */
  readonly nodeCounts: DataLoader<number, Map<string, StateCounts>>;
  readonly stageTimes: DataLoader<JobSpan, StageTime[], number>;
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
    stageTimes: new DataLoader((jobs) => Promise.all(jobs.map((job) => share(`times ${job.id}`, () => stageTimes(db, job, Date.now())))), {
      cache: false,
      cacheKeyFn: (job) => job.id,
    }),
  };
}
