/** What is true of a job so far: the post-conditions of its stages, on which the pre-conditions of the next ones stand. */
export interface Progress {
  readonly configured: boolean;
  readonly created: boolean;
  readonly bootstrapped: boolean;
  /** Tasks of earlier iterations: the first task of this one has the number `before + 1`. */
  readonly before: number;
  /** Tasks of this iteration that have a row; the iteration has `total` of them. */
  readonly planned: number;
  readonly total: number;
  /** Machines that were asked for and are not there yet, while the job goes on without them. */
  readonly coming: number;
  /** Machines that were asked for in place of lost ones. */
  readonly replaced: number;
  /** ISO 8601: before this the cloud is not asked again for what the job's machines want; null is at once. */
  readonly tendAfter: string | null;
  /** What was told of trouble with that, so that it is told once; null if there was none. */
  readonly tendTrouble: string | null;
  /** ISO 8601: since when no task runs on machines that were made for the job; null if one does, or it has none yet. */
  readonly idleSince: string | null;
  /** Every task of this iteration has its directory on its node. */
  readonly scheduled: boolean;
  /** Counts from 0 how often tasks of this iteration were scheduled again; part of the names of what is launched. */
  readonly wave: number;
  readonly launched: boolean;
  /** Every task of this iteration has ended and what it left is home. */
  readonly finished: boolean;
  readonly transformed: boolean;
  readonly converged: boolean;
  /** Its machines are given back and its results are whole; what is left is to publish them. */
  readonly released: boolean;
}

export const FRESH: Progress = {
  configured: false,
  created: false,
  bootstrapped: false,
  coming: 0,
  replaced: 0,
  tendAfter: null,
  tendTrouble: null,
  idleSince: null,
  before: 0,
  planned: 0,
  total: 0,
  scheduled: false,
  wave: 0,
  launched: false,
  finished: false,
  transformed: false,
  converged: false,
  released: false,
};

/** What stays true of a job that is started again for what did not succeed: its tasks have their numbers. */
export function progressOfRetry({ before, planned, total }: Progress): Progress {
  return { ...FRESH, before, planned, total };
}

/** What is true of a job at the beginning of its next iteration, on the machines that it has. */
export function progressOfNext({ before, total, coming, replaced, tendAfter, tendTrouble, idleSince }: Progress): Progress {
  const machines = { created: true, bootstrapped: true, coming, replaced, tendAfter, tendTrouble, idleSince };
  return { ...FRESH, configured: true, ...machines, before: before + total };
}
