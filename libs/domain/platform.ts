import type { TaskFailureCode } from './failure.ts';
import type { Job, Node } from './job.ts';
import type { Resources } from './resources.ts';
import type { Point, Value } from './sweep.ts';

export const SCHEDULER_KINDS = ['slurm', 'pbs', 'sge'] as const;
/** Batch schedulers: Slurm; PBS Professional, OpenPBS and Torque; Grid Engine. */
export type SchedulerKind = (typeof SCHEDULER_KINDS)[number];

export const PLATFORM_KINDS = ['unix', ...SCHEDULER_KINDS, 'cloud'] as const;
/**
 * `unix` is one machine that is there, a scheduler's name is a cluster with a login node, `cloud` makes machines for a job.
 * A connector that runs on `unix` runs on clusters, too.
 */
export type PlatformKind = (typeof PLATFORM_KINDS)[number];

export function isScheduler(kind: PlatformKind): kind is SchedulerKind {
  return (SCHEDULER_KINDS as readonly string[]).includes(kind);
}

/** A login on a machine that is reached over SSH. */
export interface Hop {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** How a platform is reached: through `jumps`, the first of which this machine can reach, like OpenSSH's ProxyJump. */
export interface Connection extends Hop {
  readonly jumps: readonly Hop[];
}

/** What courtesy to a platform asks; they hold for a login, over all jobs and all users of it. */
export interface Limits {
  /** Tasks that may run at once (on a cluster: array elements that may be in the queue); null is no limit. */
  readonly tasks: number | null;
  /** Submissions to the scheduler. */
  readonly submissionsPerMinute: number;
  readonly commandsPerSecond: number;
  /** SSH connections of one worker. */
  readonly connections: number;
  /** Sessions at once on one connection; OpenSSH allows ten (`MaxSessions`). */
  readonly sessions: number;
}

export const DEFAULT_LIMITS: Limits = { tasks: null, submissionsPerMinute: 30, commandsPerSecond: 25, connections: 1, sessions: 8 };

/** What whoever registers a platform says of it, beyond how to reach it. */
export interface PlatformSettings {
  /** Jobs get their directories below it, in `.kiln`; blank is the home directory. May begin with `~/`. */
  readonly root: string;
  /** The home directory; blank is what the machine says. */
  readonly home: string;
  /** Environment modules loaded before each task. */
  readonly modules: readonly string[];
  /** Lines of shell that run before each task, after the modules. */
  readonly setup: string;
  /** What a job asks of the scheduler unless it says otherwise. */
  readonly resources: Resources;
  readonly limits: Limits;
}

/** What is so of a platform that is this machine. */
export const THIS_MACHINE = { provider: 'local', connection: null, facts: null } as const;

export const DEFAULT_SETTINGS: PlatformSettings = { root: '', home: '', modules: [], setup: '', resources: {}, limits: DEFAULT_LIMITS };

/** What a check found out about a platform. */
export interface PlatformFacts {
  /** Absolute. */
  readonly home: string;
  /** Absolute; job directories are made in it. */
  readonly root: string;
  readonly cores: number;
  readonly scheduler: SchedulerFacts | null;
}

export interface SchedulerFacts {
  /** As the scheduler writes it: `slurm 22.05.8`. */
  readonly version: string;
  /** PBS has two families of options. */
  readonly dialect: 'pro' | 'torque' | null;
  /** Most elements of one array job. */
  readonly arrayLimit: number;
  /** How many tasks of one core could run at once; null if the scheduler does not say. */
  readonly cores: number | null;
  readonly queues: readonly QueueFacts[];
}

/** A queue or partition. */
export interface QueueFacts {
  readonly name: string;
  readonly isDefault: boolean;
  readonly open: boolean;
  /** Seconds; null is no limit. */
  readonly maxWalltime: number | null;
  readonly nodes: number | null;
}

/** One thing that a check of a platform found. */
export interface Finding {
  /** A few words: `Login`, `Root path`, `Queue main`. */
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'failed';
  /** One sentence. */
  readonly message: string;
}

export const PLATFORM_STATES = ['checking', 'ready', 'trouble'] as const;
/** `ready`: the last check found nothing that stands in the way. Jobs may run on a platform that was ready once. */
export type PlatformState = (typeof PLATFORM_STATES)[number];

/** What is asked of a worker about a platform: look at it, install a fresh key in place of the old one, or pin the host keys anew. */
export const PLATFORM_ACTIONS = ['check', 'rotate', 'repin'] as const;
export type PlatformAction = (typeof PLATFORM_ACTIONS)[number];

/** How Kiln comes to a key that the platform accepts. A password is used once and never stored. */
export type Enrolment =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'key'; readonly privateKey: string; readonly passphrase: string | null }
  /** Kiln makes a key and shows its public half, for somebody to install. */
  | { readonly kind: 'show' };

/** What Kiln logs in with. */
export interface Credential {
  /** In OpenSSH's format. */
  readonly privateKey: string;
  readonly passphrase: string | null;
}

/** The host key of one hop, pinned on first sight. */
export interface HostKey {
  /** `host:port` */
  readonly address: string;
  readonly type: string;
  /** `SHA256:…` as OpenSSH shows it. */
  readonly fingerprint: string;
}

/** A registered place that computes or stores. */
export interface Platform {
  readonly name: string;
  readonly kind: PlatformKind;
  /** Which conversation speaks to it: `local` is this machine. */
  readonly provider: 'local' | 'ssh';
  readonly description: string;
  /** Tasks of one job that may run at once on each of its nodes; on a cluster, elements of its arrays. */
  readonly slots: number;
  /** Most nodes that one job may have. */
  readonly maxNodes: number;
  /** Null for this machine. */
  readonly connection: Connection | null;
  readonly settings: PlatformSettings;
  /** Null until a check found them out. */
  readonly facts: PlatformFacts | null;
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
  | { readonly kind: 'lost'; readonly task: number; readonly at: number; readonly why: TaskFailureCode };

/** What a look at a batch shows, from a byte offset of its journal on. */
export interface Look {
  readonly entries: readonly JournalEntry[];
  /** Where the next look goes on. */
  readonly offset: number;
  /** `dead`: the runner went without finishing; launching the batch again goes on with what it had not started. */
  readonly runner: 'running' | 'ended' | 'dead';
  /** What its tasks wait for, for people: `40 elements wait in the queue: Priority.` */
  readonly note?: string;
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
  /** Where the job's directory is, if it is on the machine that asks: what tasks left there need not be copied. */
  directory?(job: JobRef, node: NodeRef): Promise<string | null>;
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
  /**
   * Takes over what is in `directory` of this machine, to the same relative paths, without copying: moves `directories`, links
   * `files`, passes over what is not there and empty files. Resolves with whether that was possible; if not, the rest must be
   * unpacked.
   */
  adopt?(directory: string, directories: readonly string[], files: readonly string[]): Promise<boolean>;
  /** Makes `to` a copy of the directory `from`, replacing what was there. */
  copy(from: string, to: string): Promise<void>;
}
