import {
  type Blocked,
  type Boost,
  type Curation,
  DEFAULT_SETTINGS,
  type Ending,
  type Failure,
  type Finding,
  type HostKey,
  type JobStatus,
  NO_BOOST,
  type Numbers,
  type Parameters,
  type Platform,
  type PlatformState,
  type Point,
  type Progress,
  type StageName,
  type Sweep,
  type TaskState,
  type Transfer,
} from '@kiln/domain';
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { bytes, instant } from './columns.ts';

export const users = pgTable('users', {
  id: uuid('id').primaryKey().defaultRandom(),
  name: text('name').notNull().unique(),
  administrator: boolean('administrator').notNull().default(false),
  /** What machines of clouds may cost within 30 days; null is no limit. */
  costLimit: doublePrecision('cost_limit'),
  createdAt: instant('created_at').notNull().default(sql`now()`),
});

export interface PinnedHostKey extends HostKey {
  /** The public key itself, in Base64. */
  readonly key: string;
}

export const platforms = pgTable('platforms', {
  name: text('name').primaryKey(),
  /** Null: everybody may use it. */
  ownerId: uuid('owner_id').references(() => users.id, { onDelete: 'cascade' }),
  kind: text('kind').$type<Platform['kind']>().notNull(),
  provider: text('provider').$type<Platform['provider']>().notNull(),
  description: text('description').notNull().default(''),
  /** As a check found them. */
  slots: integer('slots').notNull(),
  /** As whoever registered it chose them; null leaves it to the checks. */
  chosenSlots: integer('chosen_slots'),
  maxNodes: integer('max_nodes').notNull(),
  connection: jsonb('connection').$type<Platform['connection']>(),
  bucket: jsonb('bucket').$type<Platform['bucket']>(),
  url: text('url'),
  curator: jsonb('curator').$type<Platform['curator']>(),
  cloud: jsonb('cloud').$type<Platform['cloud']>(),
  settings: jsonb('settings').$type<Platform['settings']>().notNull().default(DEFAULT_SETTINGS),
  facts: jsonb('facts').$type<Platform['facts']>(),
  state: text('state').$type<PlatformState>().notNull().default('ready'),
  findings: jsonb('findings').$type<readonly Finding[]>().notNull().default([]),
  checkedAt: instant('checked_at'),
  hostKeys: jsonb('host_keys').$type<readonly PinnedHostKey[]>().notNull().default([]),
  /** As it stands in `authorized_keys`. */
  publicKey: text('public_key'),
  /** A sealed `Credential`, `AccessKey` of a bucket, `WebKey`, `CuratorKey`, or `CloudAccess`. */
  credential: bytes('credential'),
  /** A sealed `Enrolment`, erased once a worker has used it. */
  enrolment: bytes('enrolment'),
  /** Fences what a check found out: it counts only for the revision that was looked at. */
  revision: integer('revision').notNull().default(0),
  /** The row stays for the history of its jobs, under another name. */
  deletedAt: instant('deleted_at'),
  createdAt: instant('created_at').notNull().default(sql`now()`),
});

/** A connector is known by its folder's name; `problem` says why the folder as it is now cannot be used. */
export const connectors = pgTable('connectors', {
  name: text('name').primaryKey(),
  active: boolean('active').notNull().default(true),
  /** The version that a new job gets; null while the folder was never sound. */
  version: text('version'),
  problem: text('problem'),
  updatedAt: instant('updated_at').notNull().default(sql`now()`),
});

/** A connector's folder as it was when its content had this hash; jobs run from here, never from the folder. */
export const connectorVersions = pgTable('connector_versions', {
  hash: text('hash').primaryKey(),
  connector: text('connector').notNull(),
  /** The folder as a gzipped tar archive. */
  archive: bytes('archive').notNull(),
  /** It replaces parts of stages: its code runs in the workers themselves. Nobody knows of those that are older than this column. */
  inWorkers: boolean('in_workers').notNull().default(true),
  createdAt: instant('created_at').notNull().default(sql`now()`),
});

/** Jobs of one connector that were submitted as one: its children, one for each point. */
export const sweeps = pgTable(
  'sweeps',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id),
    connector: text('connector').notNull(),
    version: text('version')
      .notNull()
      .references(() => connectorVersions.hash),
    outputStorage: text('output_storage')
      .notNull()
      .references(() => platforms.name, { onUpdate: 'cascade' }),
    /** Relative to the storage's root; the sweep's own directory is made below it. */
    outputPath: text('output_path').notNull().default(''),
    /** What all children have, as far as their points do not say otherwise. */
    parameters: json('parameters').$type<Parameters>().notNull(),
    /** The maps that it goes over, the submitted one first; `json`, not `jsonb`: the order counts. */
    over: json('over').$type<readonly unknown[]>().notNull(),
    /** So many of its children run at once. */
    atMost: integer('at_most').notNull(),
    idempotencyKey: text('idempotency_key'),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (t) => [unique('sweeps_idempotency').on(t.ownerId, t.idempotencyKey), index('sweeps_owner').on(t.ownerId, t.id)],
);

export const jobs = pgTable(
  'jobs',
  {
    id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id),
    connector: text('connector').notNull(),
    version: text('version')
      .notNull()
      .references(() => connectorVersions.hash),
    platform: text('platform')
      .notNull()
      .references(() => platforms.name, { onUpdate: 'cascade' }),
    outputStorage: text('output_storage')
      .notNull()
      .references(() => platforms.name, { onUpdate: 'cascade' }),
    /** Relative to the storage's root; the job's own directory is made below it. */
    outputPath: text('output_path').notNull().default(''),
    parameters: json('parameters').$type<Parameters>().notNull(),
    idempotencyKey: text('idempotency_key'),
    /** The job that this one repeats. */
    retryOf: integer('retry_of'),
    /** The sweep that it is a child of. */
    sweepId: integer('sweep_id').references(() => sweeps.id),
    /** Its point of that sweep; `json`, not `jsonb`: the order counts. */
    point: json('point').$type<Point>(),
    stage: text('stage').$type<StageName>().notNull().default('configure'),
    status: text('status').$type<JobStatus>().notNull().default('active'),
    ending: jsonb('ending').$type<Ending>(),
    blocked: jsonb('blocked').$type<Blocked>(),
    stageSince: instant('stage_since').notNull().default(sql`now()`),
    roundSince: instant('round_since').notNull().default(sql`now()`),
    iteration: integer('iteration').notNull().default(0),
    maximumIterations: integer('maximum_iterations'),
    stopAfterIteration: boolean('stop_after_iteration').notNull().default(false),
    /** `json`, not `jsonb`: the order of a sweep's parameters counts. */
    sweep: json('sweep').$type<Sweep>(),
    branchOf: jsonb('branch_of').$type<{ readonly job: number; readonly iteration: number }>(),
    round: integer('round').notNull().default(0),
    progress: jsonb('progress').$type<Progress>().notNull(),
    criteria: jsonb('criteria').$type<readonly number[]>().notNull().default([]),
    curation: jsonb('curation').$type<Curation>(),
    revision: integer('revision').notNull().default(0),
    /** How many workers in a row have died since a step of it was last saved, each while it took one. */
    workersLost: integer('workers_lost').notNull().default(0),
    /** What it moves now, for people. */
    transfer: jsonb('transfer').$type<Transfer>(),
    /** `seq` of the newest event of this job. */
    lastSeq: bigint('last_seq', { mode: 'number' }).notNull().default(0),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    endedAt: instant('ended_at'),
  },
  (t) => [
    unique('jobs_idempotency').on(t.ownerId, t.idempotencyKey),
    index('jobs_owner').on(t.ownerId, t.id),
    index('jobs_live').on(t.id).where(sql`${t.status} in ('active', 'blocked')`),
    index('jobs_last_seq').on(t.lastSeq).where(sql`${t.sweepId} is null`),
    index('jobs_sweep').on(t.sweepId, t.status),
    index('jobs_sweep_last_seq').on(t.sweepId, t.lastSeq),
  ],
);

export const tasks = pgTable(
  'tasks',
  {
    jobId: integer('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    number: integer('number').notNull(),
    iteration: integer('iteration').notNull(),
    node: text('node').notNull(),
    state: text('state').$type<TaskState>().notNull().default('waiting'),
    values: json('values').$type<Point>().notNull(),
    input: text('input'),
    attempt: integer('attempt').notNull().default(1),
    retries: integer('retries').notNull().default(0),
    notBefore: instant('not_before'),
    avoid: text('avoid'),
    boost: jsonb('boost').$type<Boost>().notNull().default(NO_BOOST),
    wave: integer('wave').notNull().default(0),
    exitCode: integer('exit_code'),
    failure: jsonb('failure').$type<Failure>(),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
    numbers: jsonb('numbers').$type<Numbers>().notNull().default({}),
    collected: boolean('collected').notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.number] }), index('tasks_state').on(t.jobId, t.iteration, t.state, t.number)],
);
