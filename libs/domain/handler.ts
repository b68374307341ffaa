import type { Connector } from './connector.ts';
import type { Budget } from './cost.ts';
import type { Curation, Curator } from './curator.ts';
import type { Copy, Outlet } from './direct.ts';
import type { Problem } from './errors.ts';
import type { InputSets } from './input.ts';
import type { ConnectorCode, IterationRecord } from './iteration.ts';
import type { Blocked, Ending, Failure, Job, JobStatus, Node, Parameters, Task, TaskState } from './job.ts';
import type { Numbers } from './output.ts';
import type { Platform } from './platform.ts';
import type { Progress } from './progress.ts';
import type { Retry } from './reliability.ts';
import type { Creation, Payload, Site } from './site.ts';
import type { StageName } from './stage.ts';
import type { Storage } from './storage.ts';
import type { Point, Sweep } from './sweep.ts';
import type { TransferDirection } from './transfer.ts';

/** Tasks of the current iteration by state. */
export type TaskCounts = Readonly<Record<TaskState, number>> & {
  /** Succeeded or failed, and what they left is not home yet. */
  readonly uncollected: number;
  /** Scheduled or running, by node. */
  readonly busy: Readonly<Record<string, number>>;
  /** Waiting without a node, and may be scheduled now. */
  readonly unassigned: number;
  /** Waiting, with a node. */
  readonly assigned: number;
  /** Milliseconds until the next of the tasks that wait without a node may be scheduled; null if none has to wait. */
  readonly restsFor: number | null;
};

/** All that a decision may look at. */
export interface JobState {
  readonly job: Job;
  readonly connector: Connector;
  readonly platform: Platform;
  readonly nodes: readonly Node[];
  readonly counts: TaskCounts;
  /** Of its owner; null if there is no limit, or the platform costs nothing. */
  readonly budget: Budget | null;
}

export interface TaskQuery {
  readonly iteration: number;
  readonly states: readonly TaskState[];
  readonly node?: string;
  readonly wave?: number;
  /** Only tasks that may be scheduled now. */
  readonly due?: boolean;
  /** Only tasks whose results are not home. */
  readonly uncollected?: boolean;
  /** Only tasks of larger numbers. */
  readonly after?: number;
  readonly limit?: number;
}

/** A directory of a storage from which a job takes its input. */
export interface InputLocation {
  /** For people: `shelf/some/where`. */
  readonly name: string;
  /** Looks whether it may be read, and which input sets it holds. @throws KnownError in one sentence */
  readonly look: () => Promise<InputSets>;
  /** How many bytes its files hold. */
  readonly size: () => Promise<number>;
  /** A tar archive of what is in it. */
  readonly pack: () => AsyncIterable<Uint8Array>;
  /** The same for another machine; nothing if it is on none. */
  readonly outlet: () => Outlet | undefined;
}

/** What a stage's action may touch. */
export interface World {
  readonly site: Site;
  /** Rooted at the job's output directory. */
  readonly storage: Storage;
  /** Rooted at the output directory of the job that this one is a branch of. */
  readonly origin: Storage | null;
  /** Where its input comes from; null if it has none. */
  readonly input: InputLocation | null;
  /** The values in the file `values` of an input set. @throws KnownError BAD_INPUT */
  readonly valuesIn: (text: string, file: string) => Point;
  /** The same stream, whose bytes people are told of as they pass. */
  readonly metered: (direction: TransferDirection, stream: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  /** Has one machine bring something to another one. If that cannot be, it resolves with false, nothing is changed, and it must be streamed. */
  readonly direct: (copy: Copy) => Promise<boolean>;
  readonly code: ConnectorCode;
  /** Where the job's results are published; null if they are not. */
  readonly curator: Curator | null;
  /** The numbers that the connector's outputs are in a task's files; `read` gives the text of one, null if there is none. */
  readonly numbers: (read: (file: string) => Promise<string | null>) => Promise<Numbers>;
  /** Asked before results at home are replaced: another worker that has gone on with the job has what counts. @throws KnownError CONFLICT if one has */
  readonly confirm: () => Promise<void>;
  /** What the iterations came to so far, the first one first. */
  readonly history: () => Promise<readonly IterationRecord[]>;
  readonly payload: () => Promise<Payload>;
  /** Tasks of the job in the order of their numbers. */
  readonly tasks: (query: TaskQuery) => Promise<readonly Task[]>;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What is asked to be run, before it is a job. */
export interface Submission {
  readonly connector: Connector;
  readonly platform: Platform;
  readonly parameters: Parameters;
  /** Of its first iteration. */
  readonly sweep: Sweep;
}

export interface PlannedTask {
  readonly number: number;
  readonly iteration: number;
  readonly node: string;
  readonly values: Point;
  readonly input: string | null;
}

export interface TaskChange {
  readonly number: number;
  readonly state?: TaskState;
  readonly node?: string;
  readonly wave?: number;
  readonly exitCode?: number;
  readonly failure?: Failure;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly collected?: true;
  /** What its files gave. */
  readonly numbers?: Numbers;
  /** It is changed only if it is still in this wave: what a journal says of an earlier one comes too late. */
  readonly ofWave?: number;
  /** It goes back to `waiting`, without a node, as another attempt. */
  readonly retry?: Retry;
}

/** What a step changes; saved in one transaction with the events that tell of it. */
export interface Changes {
  readonly progress?: Partial<Progress>;
  readonly ending?: Ending;
  /** The job is over: nothing of it is left. */
  readonly ended?: Extract<JobStatus, 'succeeded' | 'failed' | 'cancelled'>;
  readonly iteration?: number;
  /** The points of the iteration that is to come; null forgets those of the last one. */
  readonly sweep?: Sweep | null;
  /** What the current iteration came to, as far as it is known. */
  readonly record?: Partial<Omit<IterationRecord, 'iteration'>>;
  readonly criteria?: readonly number[];
  readonly curation?: Curation;
  /** New or changed nodes, whole. */
  readonly nodes?: readonly Node[];
  readonly plan?: readonly PlannedTask[];
  readonly tasks?: readonly TaskChange[];
  /** Every task that is not in a final state becomes `cancelled`. */
  readonly cancelTasks?: true;
  /** A sentence for the job's history. */
  readonly note?: string;
  /** Milliseconds until the next step is due at the latest; 0 is at once. A hint may bring it forward. */
  readonly again: number;
}

/** What one step of a job comes to, to be saved whole or not at all. */
export interface Step {
  /** The stage that the job is in after it. */
  readonly stage: StageName;
  readonly changes: Changes;
  /** Trouble that is expected to pass: the job stays where it is and tries again at `until`. */
  readonly blocked: Blocked | null;
}

/** What the action of each stage hands to its post-condition. */
/** What became of a job's machines while it works. */
export interface Tended {
  readonly nodes: readonly Node[];
  readonly progress: Partial<Progress>;
  /** Why there will be fewer. */
  readonly note?: string;
}

export interface StageResults {
  /** `total`: tasks that the iteration has. */
  configure: { readonly sweep: Sweep; readonly total: number; readonly curation?: Curation; readonly note?: string };
  /** With `nodes` of the machines that are there. */
  create: Creation & { readonly nodes: readonly Node[] };
  bootstrap: { readonly nodes: readonly Node[]; readonly tasks: readonly TaskChange[]; readonly failures: readonly string[] };
  schedule: {
    /** Tasks that the iteration has. */
    readonly total?: number;
    readonly plan?: readonly PlannedTask[];
    readonly nodes?: readonly Node[];
    readonly tasks?: readonly TaskChange[];
    readonly failures?: readonly string[];
    /** Nothing is left to be scheduled. */
    readonly done?: true;
    /** Waits for scripts on the nodes, or for machines. */
    readonly waiting?: boolean;
    readonly tended?: Tended;
  };
  execute: { readonly nodes: readonly Node[]; readonly tasks: readonly TaskChange[] };
  /** `wave`: tasks that wait are to be scheduled now. */
  wait: { readonly nodes: readonly Node[]; readonly tasks: readonly TaskChange[]; readonly wave?: boolean; readonly tended: Tended };
  transform: { readonly note?: string; readonly record?: Pick<IterationRecord, 'scores' | 'kept' | 'inputs'> };
  /** `sweep`: the points of the next iteration, if there is one. */
  converge: { readonly done: boolean; readonly criterion?: number; readonly note?: string; readonly sweep?: Sweep };
  /** `left`: some results are still on their nodes. */
  /** `waiting`: some machine cannot be reached now. */
  destroy: {
    readonly left: boolean;
    readonly nodes: readonly Node[];
    readonly tasks: readonly TaskChange[];
    readonly note?: string;
    readonly waiting?: true;
    /** ISO 8601: when the machines were given back. */
    readonly goneAt?: string;
    /** Everything is given back; what follows is to publish the results. */
    readonly released?: true;
    /** What is published. */
    readonly curation?: Curation;
  };
}

/**
 * A stage: `validate` is asked before a job is accepted; `isTriggered` is the pre-condition; `process` is the action and
 * the only part that touches the world, safe to run twice; `output` is the post-condition: what has become true.
 */
export interface StageHandler<N extends StageName = StageName> {
  validate(submission: Submission): readonly Problem[];
  isTriggered(state: JobState): boolean;
  process(state: JobState, world: World): Promise<StageResults[N]>;
  output(state: JobState, result: StageResults[N]): Changes;
}

export type StageHandlers = { readonly [N in StageName]: StageHandler<N> };

/** Replaces or extends parts of a stage. Each part gets the default one as its last argument. */
export interface StageOverride<N extends StageName> {
  validate?(submission: Submission, base: () => readonly Problem[]): readonly Problem[];
  isTriggered?(state: JobState, base: () => boolean): boolean;
  process?(state: JobState, world: World, base: () => Promise<StageResults[N]>): Promise<StageResults[N]>;
  output?(state: JobState, result: StageResults[N], base: () => Changes): Changes;
}

export type StageOverrides = { readonly [N in StageName]?: StageOverride<N> };
