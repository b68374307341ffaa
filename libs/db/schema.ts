import type {
  Blocked,
  Ending,
  Failure,
  JobStatus,
  NodeState,
  Parameters,
  Platform,
  Point,
  Progress,
  StageName,
  TaskState,
} from '@kiln/domain';
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  customType,
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

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
/** A moment; ISO 8601 with milliseconds on this side. */
const instant = customType<{ data: string; driverData: string | Date }>({
  dataType: () => 'timestamp with time zone',
  fromDriver: (value) => new Date(value).toISOString(),
});

export const users = pgTable('users', {
  id: uuid('id').primaryKey().defaultRandom(),
  name: text('name').notNull().unique(),
  administrator: boolean('administrator').notNull().default(false),
  createdAt: instant('created_at').notNull().default(sql`now()`),
});

/** One-time sign-in links, browser sessions and personal API tokens; only their SHA-256 is stored. */
export const tokens = pgTable(
  'tokens',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text('kind', { enum: ['sign-in', 'session', 'api'] }).notNull(),
    hash: text('hash').notNull().unique(),
    name: text('name').notNull().default(''),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    lastUsedAt: instant('last_used_at'),
    expiresAt: instant('expires_at'),
  },
  (t) => [index('tokens_user').on(t.userId)],
);

export const platforms = pgTable('platforms', {
  name: text('name').primaryKey(),
  /** Null: everybody may use it. */
  ownerId: uuid('owner_id').references(() => users.id, { onDelete: 'cascade' }),
  kind: text('kind').$type<Platform['kind']>().notNull(),
  provider: text('provider').$type<Platform['provider']>().notNull(),
  description: text('description').notNull().default(''),
  slots: integer('slots').notNull(),
  maxNodes: integer('max_nodes').notNull(),
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
  createdAt: instant('created_at').notNull().default(sql`now()`),
});

export const presets = pgTable(
  'presets',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    connector: text('connector').notNull(),
    name: text('name').notNull(),
    /** `json`, not `jsonb`: the order of a sweep's parameters counts. */
    parameters: json('parameters').$type<Parameters>().notNull(),
    updatedAt: instant('updated_at').notNull().default(sql`now()`),
  },
  (t) => [unique('presets_name').on(t.ownerId, t.connector, t.name)],
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
      .references(() => platforms.name),
    outputStorage: text('output_storage')
      .notNull()
      .references(() => platforms.name),
    /** Relative to the storage's root; the job's own directory is made below it. */
    outputPath: text('output_path').notNull().default(''),
    parameters: json('parameters').$type<Parameters>().notNull(),
    idempotencyKey: text('idempotency_key'),
    /** The job that this one repeats. */
    retryOf: integer('retry_of'),
    stage: text('stage').$type<StageName>().notNull().default('configure'),
    status: text('status').$type<JobStatus>().notNull().default('active'),
    ending: jsonb('ending').$type<Ending>(),
    blocked: jsonb('blocked').$type<Blocked>(),
    iteration: integer('iteration').notNull().default(0),
    round: integer('round').notNull().default(0),
    progress: jsonb('progress').$type<Progress>().notNull(),
    criteria: jsonb('criteria').$type<readonly number[]>().notNull().default([]),
    revision: integer('revision').notNull().default(0),
    /** `seq` of the newest event of this job. */
    lastSeq: bigint('last_seq', { mode: 'number' }).notNull().default(0),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    endedAt: instant('ended_at'),
  },
  (t) => [
    unique('jobs_idempotency').on(t.ownerId, t.idempotencyKey),
    index('jobs_owner').on(t.ownerId, t.id),
    index('jobs_live').on(t.id).where(sql`${t.status} in ('active', 'blocked')`),
    index('jobs_last_seq').on(t.lastSeq),
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
    attempt: integer('attempt').notNull().default(1),
    exitCode: integer('exit_code'),
    failure: jsonb('failure').$type<Failure>(),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
    collected: boolean('collected').notNull().default(false),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.number] }), index('tasks_state').on(t.jobId, t.iteration, t.state, t.number)],
);

export const nodes = pgTable(
  'nodes',
  {
    jobId: integer('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    state: text('state').$type<NodeState>().notNull(),
    address: text('address').notNull(),
    root: text('root').notNull(),
    slots: integer('slots').notNull(),
    prepared: boolean('prepared').notNull().default(false),
    batch: text('batch'),
    /** Bytes read of the batch's journal. */
    offset: bigint('journal_offset', { mode: 'number' }).notNull().default(0),
    createdAt: instant('created_at').notNull().default(sql`now()`),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.name] })],
);

/** Append-only. `seq` is taken from `event_counter` under its row lock: no gaps, in the order of commit. */
export const events = pgTable(
  'events',
  {
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    at: instant('at').notNull().default(sql`now()`),
    jobId: integer('job_id').references(() => jobs.id, { onDelete: 'cascade' }),
    kind: text('kind').$type<'job' | 'task' | 'node' | 'note' | 'connector'>().notNull(),
    subject: text('subject').notNull(),
    from: text('from_state'),
    to: text('to_state'),
    message: text('message'),
  },
  (t) => [index('events_job').on(t.jobId, t.seq)],
);

export const eventCounter = pgTable(
  'event_counter',
  { only: boolean('only').primaryKey().default(true), last: bigint('last', { mode: 'number' }).notNull().default(0) },
  (t) => [check('event_counter_one_row', sql`${t.only}`)],
);

/** A question of an API process to whichever worker gets it: the API never talks to a platform itself. */
export const asks = pgTable('asks', {
  id: uuid('id').primaryKey().defaultRandom(),
  question: jsonb('question').notNull(),
  answer: jsonb('answer'),
  /** Bytes that belong to the answer. */
  body: bytes('body'),
  createdAt: instant('created_at').notNull().default(sql`now()`),
});

/** Heartbeats: the jobs of a worker that stopped beating are given to others. */
export const workers = pgTable('workers', {
  /** The pool id under which the queue locks what this worker does. */
  id: text('id').primaryKey(),
  host: text('host').notNull(),
  pid: integer('pid').notNull(),
  startedAt: instant('started_at').notNull().default(sql`now()`),
  beatAt: instant('beat_at').notNull().default(sql`now()`),
});
