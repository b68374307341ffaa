import type { Inlet, Outlet } from './direct.ts';
import type { TaskFailureCode } from './failure.ts';
import type { Job, Node } from './job.ts';
import type { Resources } from './resources.ts';
import type { FileEntry, Storage } from './storage.ts';
import type { Point, Value } from './sweep.ts';

/** A machine as the platform lists it. */
export interface Machine {
  readonly name: string;
  readonly address: string;
  readonly root: string;
  readonly slots: number;
  /** Seconds for which it has been there; of one that was made for a job. */
  readonly age?: number;
}

export type JobRef = Pick<Job, 'id' | 'connector'>;
export type NodeRef = Pick<Node, 'name' | 'root' | 'address'>;

/** What has become of machines that were asked for. */
export interface Creation {
  readonly machines: readonly Machine[];
  /** How many are on their way: ask again. */
  readonly coming: number;
  /** How many of these take so long that the others do not wait for them. */
  readonly late: number;
  /** How many were asked for in vain, for now, and are waited for no longer: ask again. */
  readonly delayed: number;
  /** Why there are fewer than were asked for, in the words of the platform. */
  readonly reasons: readonly string[];
}

/** What a task's directory on its node is made of. */
export interface TaskInput {
  readonly number: number;
  readonly iteration: number;
  readonly values: Point;
  /** Name of the input set that it works on, which was brought to the node. */
  readonly input: string | null;
  /** Counts from 1. */
  readonly attempt: number;
}

/** Tasks that one runner works through on one node. */
export interface Batch {
  /** The same name launches the same batch: a second launch adopts the first. */
  readonly name: string;
  readonly script: 'bootstrap.sh' | 'schedule.sh' | 'main.sh';
  readonly iteration: number;
  readonly tasks: readonly number[];
  readonly slots: number;
  /** Seconds after which a task is ended and `lost` with `TIME_LIMIT`; null is never. */
  readonly timeLimit: number | null;
  /** What each task asks of a batch scheduler. */
  readonly resources?: Resources;
  /** Tasks that one element of an array job works through; 0 or nothing leaves it to Kiln. */
  readonly tasksPerElement?: number;
}

/** The number under which a node's `bootstrap.sh` runs and keeps its log. */
export const BOOTSTRAP_TASK = 0;

/** Where in a job's directory a batch keeps its journal. */
export function journalPath(batch: string): string {
  return `.kiln/batches/${batch}/journal`;
}

/** One line of a journal. `at` is the node's clock in milliseconds since 1970. */
export type JournalEntry =
  | { readonly kind: 'started'; readonly task: number; readonly at: number }
  | { readonly kind: 'exited'; readonly task: number; readonly at: number; readonly code: number }
  | { readonly kind: 'lost'; readonly task: number; readonly at: number; readonly why: TaskFailureCode; readonly words: string };

/** What a look at a batch shows, from a byte offset of its journal on. */
export interface Look {
  readonly entries: readonly JournalEntry[];
  /** Where the next look goes on. */
  readonly offset: number;
  /**
   * `dead`: the runner went without finishing; launching the batch again goes on with what it had not started.
   * `gone`: the job's directory is not there any more, and all that was in it is lost.
   */
  readonly runner: 'running' | 'ended' | 'dead' | 'gone';
  /** What its tasks wait for, for people: `40 elements wait in the queue: Priority.` */
  readonly note?: string;
}

/** What a job needs on every node: the payload's folder and the parameters, the same for all tasks. */
export interface Payload {
  /** A tar archive of the payload: `bootstrap.sh`, `process_payload/…`. */
  readonly archive: () => AsyncIterable<Uint8Array>;
  /** How many bytes its files hold. */
  readonly size: () => Promise<number>;
  /** `process_payload` holds more than its scripts: each task gets a copy of it as its working directory. */
  readonly copied: boolean;
  readonly parameters: Readonly<Record<string, Value>>;
  /** Of the job: what another round of it left on a node is ended and removed before this one is set up there. */
  readonly round: number;
}

/** What is on a node. */
export interface NodeFiles extends Pick<Storage, 'stat' | 'read'> {
  /** Null if there are more than `most` entries: no more are looked at than it takes to see that. */
  list(path: string, most: number): Promise<readonly FileEntry[] | null>;
}

/**
 * The conversation with the platform that a job computes on. Every call may be repeated: it looks before it acts.
 * Trouble that passes is thrown as a retryable `KnownError`: `DISK_FULL` if a node has no room for what is to be brought there, before it is.
 */
export interface Site {
  /** The job's machines, found by looking. */
  list(job: JobRef): Promise<readonly Machine[]>;
  /**
   * Asks for machines until the job has `count`, without waiting for them; those that cannot be had are given back once none is coming.
   * Those of the names `past` do not count, and no other gets their names.
   */
  create(job: JobRef, count: number, ours: () => Promise<void>, past: readonly string[]): Promise<Creation>;
  /** Asks for the end of some of the job's machines; one that is gone already is no trouble. */
  giveBack(job: JobRef, machines: readonly string[]): Promise<void>;
  /** Gives every machine of the job back; resolves when a listing shows none. */
  destroy(job: JobRef): Promise<void>;
  /** Brings payload and runner to a node. */
  prepare(job: JobRef, node: NodeRef, payload: Payload): Promise<void>;
  /** Brings the input sets of an iteration to a node: a tar archive with a directory for each set, whose files hold `size` bytes. */
  bring(job: JobRef, node: NodeRef, iteration: number, archive: AsyncIterable<Uint8Array>, size: number): Promise<void>;
  /**
   * Makes the directories of tasks with their inputs. What an earlier attempt left in them is removed, unless a batch whose name
   * begins with `wave` was launched already.
   */
  stageIn(job: JobRef, node: NodeRef, tasks: readonly TaskInput[], parameters: Payload['parameters'], wave: string): Promise<void>;
  launch(job: JobRef, node: NodeRef, batch: Batch): Promise<void>;
  look(job: JobRef, node: NodeRef, batch: string, offset: number): Promise<Look>;
  /** Calls `hint` soon after a file in the job's directory grew; a hint may be missed or false. Returns what ends it. */
  follow(job: JobRef, node: NodeRef, path: string, hint: () => void): () => void;
  /** How many bytes the files hold that `collect` would give. */
  size(job: JobRef, node: NodeRef, tasks: readonly TaskInput[], logsOnly: boolean): Promise<number>;
  /** A tar archive of what these tasks left: their logs (`logPath`) and, unless `logsOnly`, `output_N/TASK/…`. */
  collect(job: JobRef, node: NodeRef, tasks: readonly TaskInput[], logsOnly: boolean): AsyncIterable<Uint8Array>;
  /** What `collect` gives, for another machine. */
  outlet?(job: JobRef, node: NodeRef, tasks: readonly TaskInput[], logsOnly: boolean): Outlet;
  /** What `bring` does, from another machine. */
  inlet?(job: JobRef, node: NodeRef, iteration: number, size: number): Inlet;
  /** Where the job's directory is, if it is on this machine of a storage: what tasks left there need not be copied. */
  directory?(job: JobRef, node: NodeRef, machine: string): Promise<string | null>;
  /** At most `length` bytes from `offset` (from its end if negative) of a file in the job's directory; empty past its end or if there is none. */
  read(job: JobRef, node: NodeRef, path: string, offset: number, length: number): Promise<Uint8Array>;
  /** What is in a directory of the job's directory: no path leaves it, whatever links are there. @throws KnownError NOT_FOUND if it is not there */
  files(job: JobRef, node: NodeRef, directory: string): NodeFiles;
  /** Ends every process of the job; resolves when a look shows none alive. */
  stop(job: JobRef, node: NodeRef): Promise<void>;
  /** Removes the job's directory. */
  clean(job: JobRef, node: NodeRef): Promise<void>;
}
