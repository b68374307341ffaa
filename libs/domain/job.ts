import type { Curation } from './curator.ts';
import type { ErrorCode } from './errors.ts';
import type { TaskFailureCode } from './failure.ts';
import type { Numbers } from './output.ts';
import type { Progress } from './progress.ts';
import type { Boost } from './reliability.ts';
import type { Machine } from './site.ts';
import type { StageName } from './stage.ts';
import type { Point, Sweep, Value } from './sweep.ts';

export const JOB_STATUSES = ['waiting', 'active', 'blocked', 'succeeded', 'failed', 'cancelled'] as const;
/**
 * `waiting` waits for its turn among the jobs of its sweep, `active` moves through its stages, `blocked` waits for trouble to pass and tries again by itself; the other three are
 * final: nothing that the job rented or started is left.
 */
export type JobStatus = (typeof JOB_STATUSES)[number];

export const TASK_STATES = ['waiting', 'scheduled', 'running', 'succeeded', 'failed', 'cancelled'] as const;
/** `waiting` has a node, `scheduled` has its directory there, `running` has begun; the other three are final. */
export type TaskState = (typeof TASK_STATES)[number];

export const NODE_STATES = ['running', 'ready', 'lost', 'destroyed'] as const;
/** `running` can be reached, `ready` is bootstrapped, `lost` has left the job for good: it died, or its bootstrap failed. */
export type NodeState = (typeof NODE_STATES)[number];

/** Why a job is on its way to `destroy` before it converged. */
export interface Ending {
  readonly status: 'failed' | 'cancelled';
  readonly code: ErrorCode;
  readonly message: string;
}

/** Trouble that is expected to pass. `until` is when the next try is due; `attempts` counts tries since `since`. */
export interface Blocked {
  readonly code: ErrorCode;
  readonly message: string;
  readonly attempts: number;
  readonly since: string;
  readonly until: string;
}

/** Parameters of a job by name: of the platform, the locations, the sweep and the connector itself. */
export type Parameters = Readonly<Record<string, Value | Sweepable>>;
type Sweepable = Readonly<Record<string, readonly Value[]>>;

export interface Job {
  /** Counts from 1 in an installation; part of the name of the output directory. */
  readonly id: number;
  readonly ownerId: string;
  readonly connector: string;
  /** Content hash of the connector's folder at submission. */
  readonly version: string;
  readonly parameters: Parameters;
  readonly stage: StageName;
  readonly status: JobStatus;
  readonly ending: Ending | null;
  readonly blocked: Blocked | null;
  /** When it came into its stage, and when it was submitted or last started again by hand; ISO 8601. */
  readonly stageSince: string;
  readonly roundSince: string;
  /** Counts from 0. */
  readonly iteration: number;
  /** The most iterations that it may have; null leaves it to its connector. */
  readonly maximumIterations: number | null;
  /** Somebody asked that this iteration be the last. */
  readonly stopAfterIteration: boolean;
  /** The points of this iteration; null until they are chosen. */
  readonly sweep: Sweep | null;
  /** The sweep that it is a child of. */
  readonly sweepId: number | null;
  /** Its point of that sweep: values that its tasks have besides its parameters. */
  readonly point: Point | null;
  /** Whose iterations it goes on from, and after which. */
  readonly branchOf: { readonly job: number; readonly iteration: number } | null;
  /** Counts retries of the whole job, from 0; names what is launched on a node, so that nothing is launched twice. */
  readonly round: number;
  readonly progress: Progress;
  /** The convergence criterion of each finished iteration, if the connector computes one. */
  readonly criteria: readonly number[];
  /** What of it is published; null if nothing is to be, or nothing is yet. */
  readonly curation: Curation | null;
  /** Fences saves: a save that does not name the current revision changes nothing. */
  readonly revision: number;
}

/**
 * Name of a job's directory, on its nodes and in its output location: `randnum-internal-sweep226`. A hyphen parts the
 * number from a name that ends in a digit, so that no two jobs share one: `model2-11`.
 */
export function jobDirectory({ connector, id }: Pick<Job, 'connector' | 'id'>): string {
  return /\d$/.test(connector) ? `${connector}-${id}` : `${connector}${id}`;
}

/** Name of a sweep's directory in its output location, above those of its children: `sweep_hrmc12`. */
export function sweepDirectory(sweep: { readonly connector: string; readonly id: number }): string {
  return `sweep_${jobDirectory(sweep)}`;
}

export function hasEnded(status: JobStatus): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/** Why a task failed; `message` is one sentence. */
export interface Failure {
  readonly code: TaskFailureCode;
  readonly message: string;
}

export interface Task {
  /** Counts from 1 over all iterations of its job. */
  readonly number: number;
  readonly iteration: number;
  readonly node: string;
  readonly state: TaskState;
  readonly values: Point;
  /** Name of the input set that it works on. */
  readonly input: string | null;
  /** Counts from 1. */
  readonly attempt: number;
  /** How often Kiln by itself has tried it again since somebody last did. */
  readonly retries: number;
  /** ISO 8601: when it may be scheduled; null is at once. */
  readonly notBefore: string | null;
  /** The node that it had better not have again. */
  readonly avoid: string | null;
  readonly boost: Boost;
  /** In which wave of its iteration it is scheduled. */
  readonly wave: number;
  readonly exitCode: number | null;
  readonly failure: Failure | null;
  /** ISO 8601, by the node's clock. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** What the declared outputs of its connector are in its files; empty until they are home. */
  readonly numbers: Numbers;
  /** What can be had of its output and logs is home. A failed task that is not collected may still be tried again. */
  readonly collected: boolean;
}

/** A machine of a platform that a job uses. */
export interface Node {
  /** Unique within its job: the provider's id of a machine, or the platform's name. */
  readonly name: string;
  readonly state: NodeState;
  /** Address shown to people. */
  readonly address: string;
  /** Absolute path on the machine below which the job's directory is made. */
  readonly root: string;
  readonly slots: number;
  /** The payload and the runner of the current round lie there. */
  readonly prepared: boolean;
  /** The iteration whose input sets lie there. */
  readonly inputs: number | null;
  /** Batches that were launched there and whose journals are not read to the end. */
  readonly batches: readonly OpenBatch[];
  /** ISO 8601: since when it cannot be reached; null if it can. */
  readonly unreachableSince: string | null;
  /** ISO 8601: when somebody last tried to reach it in vain; null if it can be reached. */
  readonly lookedForAt: string | null;
  /** What its tasks wait for, for people; null if nothing. */
  readonly note: string | null;
  /** ISO 8601: since when the job has it; of one that was made for it, since when it is there. */
  readonly createdAt: string;
  /** ISO 8601: when the job no longer had it; null while it has. */
  readonly goneAt: string | null;
  /** In whatever currency; null if it costs nothing, or nobody said what. */
  readonly pricePerHour: number | null;
}

export interface OpenBatch {
  readonly name: string;
  /** Bytes read of its journal. */
  readonly offset: number;
}

/** A machine that has just become a node. */
export function newNode({ name, address, root, slots, age = 0 }: Machine, pricePerHour: number | null, now: number): Node {
  return {
    ...{ name, address, root, slots, state: 'running', prepared: false, inputs: null, batches: [] },
    ...{ unreachableSince: null, lookedForAt: null, note: null },
    ...{ createdAt: new Date(now - age * 1000).toISOString(), goneAt: null, pricePerHour },
  };
}

/** Where a task's output directory is in the job's, on its node and at home. */
export function outputPath({ number, iteration }: { readonly number: number; readonly iteration: number }): string {
  return `output_${iteration}/${number}`;
}

/** Where a task's log is in the job's directory, on its node and at home; each attempt has logs of its own. */
export function logPath(task: number, attempt: number, stream: 'stdout' | 'stderr'): string {
  return `logs/${task}${attempt > 1 ? `.${attempt}` : ''}.${stream === 'stdout' ? 'out' : 'err'}`;
}
