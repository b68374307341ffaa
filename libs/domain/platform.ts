import type { Cloud, CloudKey, CloudProviderName } from './cloud.ts';
import type { CuratorAddress, CuratorKey } from './curator.ts';
import type { Resources } from './resources.ts';

export const SCHEDULER_KINDS = ['slurm', 'pbs', 'sge'] as const;
/** Batch schedulers: Slurm; PBS Professional, OpenPBS and Torque; Grid Engine. */
export type SchedulerKind = (typeof SCHEDULER_KINDS)[number];

export const COMPUTING_KINDS = ['unix', ...SCHEDULER_KINDS, 'cloud'] as const;
export type ComputingKind = (typeof COMPUTING_KINDS)[number];

export const PLATFORM_KINDS = [...COMPUTING_KINDS, 's3', 'http', 'mytardis'] as const;
/**
 * `unix` is one machine that is there, a scheduler's name is a cluster with a login node, `cloud` makes machines for a job, `s3` is a
 * bucket, which only stores, `http` a web server, which is only read, `mytardis` is where results are published. A connector that runs
 * on `unix` runs on clusters, too.
 */
export type PlatformKind = (typeof PLATFORM_KINDS)[number];

export function isScheduler(kind: PlatformKind): kind is SchedulerKind {
  return (SCHEDULER_KINDS as readonly string[]).includes(kind);
}

/** Results may be kept there: on the machine that Kiln runs on, in buckets, and wherever it logs in. */
export function stores({ kind, provider }: Pick<Platform, 'kind' | 'provider'>): boolean {
  return kind === 'unix' || (provider !== 'local' && kind !== 'cloud' && kind !== 'mytardis' && kind !== 'http');
}

/** Files may be looked at there and taken as input: wherever results may be kept, and on web servers. */
export function holdsFiles(platform: Pick<Platform, 'kind' | 'provider'>): boolean {
  return stores(platform) || platform.kind === 'http';
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

/** A bucket of a service that speaks S3, or what of it has keys that begin with `prefix`. */
export interface Bucket {
  /** As in `https://s3.example.org`; blank is Amazon's. */
  readonly endpoint: string;
  readonly region: string;
  readonly name: string;
  /** Without a slash at either end; may be blank. */
  readonly prefix: string;
  /** `ENDPOINT/BUCKET/KEY` in place of `BUCKET.ENDPOINT/KEY`. */
  readonly pathStyle: boolean;
}

/** What opens a bucket. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a web server is told about who reads. */
export type WebKey =
  | { readonly kind: 'open' }
  | { readonly kind: 'login'; readonly user: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

/** Whether others could read what is sent there: it is not encrypted, and leaves this machine. */
export function isExposed(url: string): boolean {
  return /^http:\/\/(?!(127\.0\.0\.1|localhost|\[::1\])(:|\/|$))/i.test(url);
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
  /** Seconds after which a machine that cannot be reached is lost, and its tasks with it. */
  readonly lostAfter: number;
}

export const DEFAULT_LIMITS: Limits = {
  tasks: null,
  submissionsPerMinute: 30,
  commandsPerSecond: 25,
  connections: 1,
  sessions: 8,
  lostAfter: 86_400,
};

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
export const THIS_MACHINE = {
  provider: 'local',
  connection: null,
  bucket: null,
  url: null,
  curator: null,
  cloud: null,
  facts: null,
} as const;

export const DEFAULT_SETTINGS: PlatformSettings = { root: '', home: '', modules: [], setup: '', resources: {}, limits: DEFAULT_LIMITS };

/** What a check found out about a platform. */
export interface PlatformFacts {
  /** Absolute; blank for a bucket, a web server and a cloud. */
  readonly home: string;
  /** Absolute; job directories are made in it. Of a bucket, what its results are found by: `s3://BUCKET/PREFIX`; of a web server, its address. */
  readonly root: string;
  /** None where nothing computes. */
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
  | { readonly kind: 'show' }
  /** Of a bucket. */
  | ({ readonly kind: 'access-key' } & AccessKey)
  /** Of a web server. */
  | WebKey
  /** Of a curator. */
  | CuratorKey
  /** Of a cloud. */
  | CloudKey;

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

/** A registered place that computes, stores or publishes. */
export interface Platform {
  readonly name: string;
  readonly kind: PlatformKind;
  /** Which conversation speaks to it: `local` is this machine. */
  readonly provider: 'local' | 'ssh' | 's3' | 'http' | 'mytardis' | CloudProviderName;
  readonly description: string;
  /** Tasks of one job that may run at once on each of its nodes; on a cluster, elements of its arrays. */
  readonly slots: number;
  /** Most nodes that one job may have. */
  readonly maxNodes: number;
  /** Of a machine that is logged in to. */
  readonly connection: Connection | null;
  /** Of the kind `s3`. */
  readonly bucket: Bucket | null;
  /** Of the kind `http`: its files are below this address, which has no slash at its end. */
  readonly url: string | null;
  /** Of the kind `mytardis`. */
  readonly curator: CuratorAddress | null;
  /** Of the kind `cloud`, unless that is on this machine. */
  readonly cloud: Cloud | null;
  readonly settings: PlatformSettings;
  /** Null until a check found them out. */
  readonly facts: PlatformFacts | null;
}
