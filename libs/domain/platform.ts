import type { Job, Node } from './job.ts';
import type { Point, Value } from './sweep.ts';

export const PLATFORM_KINDS = ['unix', 'cloud'] as const;
/** What a connector names in `runsOn`: `unix` is one machine that is there, `cloud` makes machines for a job. */
export type PlatformKind = (typeof PLATFORM_KINDS)[number];

/** A registered place that computes or stores. */
export interface Platform {
  readonly name: string;
  readonly kind: PlatformKind;
  /** Which conversation speaks to it; today only `local`, this machine. */
  readonly provider: 'local';
  readonly description: string;
  /** Tasks that may run at once on each of its nodes. */
  readonly slots: number;
  /** Most nodes that one job may have. */
  readonly maxNodes: number;
}

/** A machine as the platform lists it. */
export interface Machine {
  readonly name: string;
  readonly address: string;
  readonly root: string;
  readonly slots: number;
}

export type JobRef = Pick<Job, 'id' | 'connector'>;
export type NodeRef = Pick<Node, 'name' | 'root'>;

/** What a task's directory on its node is made of. */
export interface TaskInput {
  readonly number: number;
  readonly iteration: number;
  readonly values: Point;
}

/** Tasks that one runner works through on one node. */
export interface Batch {
  /** The same name launches the same batch: a second launch adopts the first. */
  readonly name: string;
  readonly script: 'bootstrap.sh' | 'schedule.sh' | 'main.sh';
  readonly iteration: number;
  readonly tasks: readonly number[];
  readonly slots: number;
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
  | { readonly kind: 'lost'; readonly task: number; readonly at: number };

/** What a look at a batch shows, from a byte offset of its journal on. */
export interface Look {
  readonly entries: readonly JournalEntry[];
  /** Where the next look goes on. */
  readonly offset: number;
  /** `dead`: the runner went without finishing; launching the batch again goes on with what it had not started. */
  readonly runner: 'running' | 'ended' | 'dead';
}

/** What a job needs on every node: the payload's folder and the parameters, the same for all tasks. */
export interface Payload {
  /** A tar archive of the payload: `bootstrap.sh`, `process_payload/…`. */
  readonly archive: () => AsyncIterable<Uint8Array>;
  /** `process_payload` holds more than its scripts: each task gets a copy of it as its working directory. */
  readonly copied: boolean;
  readonly parameters: Readonly<Record<string, Value>>;
}

/**
 * The conversation with the platform that a job computes on. Every call may be repeated: it looks before it acts.
 * Trouble that passes is thrown as a retryable `KnownError`.
 */
export interface Site {
  /** The job's machines, found by looking. */
  list(job: JobRef): Promise<readonly Machine[]>;
  /** Asks for machines until the job has `count`; resolves with all it has, which may be fewer. */
  create(job: JobRef, count: number): Promise<readonly Machine[]>;
  /** Gives every machine of the job back; resolves when a listing shows none. */
  destroy(job: JobRef): Promise<void>;
  /** Brings payload and runner to a node. */
  prepare(job: JobRef, node: NodeRef, payload: Payload): Promise<void>;
  /** Makes the directories of tasks with their inputs. */
  stageIn(job: JobRef, node: NodeRef, tasks: readonly TaskInput[], parameters: Payload['parameters']): Promise<void>;
  launch(job: JobRef, node: NodeRef, batch: Batch): Promise<void>;
  look(job: JobRef, node: NodeRef, batch: string, offset: number): Promise<Look>;
  /** Calls `hint` soon after a file in the job's directory grew; a hint may be missed or false. Returns what ends it. */
  follow(job: JobRef, node: NodeRef, path: string, hint: () => void): () => void;
  /** A tar archive of what these tasks left: `output_N/TASK/…` and `logs/TASK.out`, `logs/TASK.err`. */
  collect(job: JobRef, node: NodeRef, tasks: readonly TaskInput[]): AsyncIterable<Uint8Array>;
  /** At most `length` bytes from `offset` of a file in the job's directory; empty past its end or if there is none. */
  read(job: JobRef, node: NodeRef, path: string, offset: number, length: number): Promise<Uint8Array>;
  /** Ends every process of the job; resolves when a look shows none alive. */
  stop(job: JobRef, node: NodeRef): Promise<void>;
  /** Removes the job's directory. */
  clean(job: JobRef, node: NodeRef): Promise<void>;
}

export interface FileEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  /** Bytes; 0 for a directory. */
  readonly size: number;
  /** ISO 8601. */
  readonly modifiedAt: string;
}

/** A place for results. Paths are relative to its root, with `/` between names, and never leave it. */
export interface Storage {
  /** Makes the directory `path` and proves that it can be written and has room.
   *  @throws KnownError STORAGE_UNWRITABLE, or DISK_FULL (retryable) */
  open(path: string): Promise<void>;
  /** Whether `open` would succeed, as far as can be told without making anything. @throws KnownError as `open` does */
  probe(path: string): Promise<void>;
  list(path: string): Promise<readonly FileEntry[]>;
  read(path: string, offset: number, length: number): Promise<Uint8Array>;
  stat(path: string): Promise<FileEntry>;
  /** Unpacks a tar archive below `path`; files that exist are replaced. */
  unpack(path: string, archive: AsyncIterable<Uint8Array>): Promise<void>;
  /** Makes `to` a copy of the directory `from`, replacing what was there. */
  copy(from: string, to: string): Promise<void>;
}
