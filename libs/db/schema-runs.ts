import type { EventKind, Failure, InputSet, IterationRecord, NodeState, OpenBatch } from '@kiln/domain';
import { sql } from 'drizzle-orm';
import { bigint, boolean, check, doublePrecision, index, integer, json, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant } from './columns.ts';
import { jobs, platforms } from './schema.ts';

/** Machines of jobs, those that they no longer have, too. */
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
    inputs: integer('inputs'),
    batches: jsonb('batches').$type<readonly OpenBatch[]>().notNull().default([]),
    unreachableSince: instant('unreachable_since'),
    lookedForAt: instant('looked_for_at'),
    note: text('note'),
    createdAt: instant('created_at').notNull().default(sql`now()`),
    goneAt: instant('gone_at'),
    pricePerHour: doublePrecision('price_per_hour'),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.name] }), index('nodes_priced').on(t.goneAt).where(sql`${t.pricePerHour} is not null`)],
);

/** Runs of tasks that failed or were lost and that were followed by another. */
export const attempts = pgTable(
  'attempts',
  {
    jobId: integer('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    number: integer('number').notNull(),
    attempt: integer('attempt').notNull(),
    iteration: integer('iteration').notNull(),
    node: text('node').notNull(),
    exitCode: integer('exit_code'),
    failure: jsonb('failure').$type<Failure>(),
    startedAt: instant('started_at'),
    endedAt: instant('ended_at'),
    /** Its logs are home. */
    collected: boolean('collected').notNull(),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.number, t.attempt] })],
);

export const iterations = pgTable(
  'iterations',
  {
    jobId: integer('job_id')
      .notNull()
      .references(() => jobs.id, { onDelete: 'cascade' }),
    iteration: integer('iteration').notNull(),
    criterion: doublePrecision('criterion'),
    scores: json('scores').$type<IterationRecord['scores']>().notNull().default({}),
    kept: json('kept').$type<readonly number[]>().notNull().default([]),
    inputs: json('inputs').$type<readonly InputSet[]>().notNull().default([]),
    ending: text('ending').$type<IterationRecord['ending']>(),
    note: text('note'),
  },
  (t) => [primaryKey({ columns: [t.jobId, t.iteration] })],
);

/** One row, which is locked until whoever takes numbers for events from it commits. */
export const eventCounter = pgTable(
  'event_counter',
  { only: boolean('only').primaryKey().default(true), last: bigint('last', { mode: 'number' }).notNull().default(0) },
  (t) => [check('event_counter_one_row', sql`${t.only}`)],
);

/** Append-only. `seq` is taken from `event_counter` under its row lock: no gaps, in the order of commit. */
export const events = pgTable(
  'events',
  {
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    at: instant('at').notNull().default(sql`now()`),
    jobId: integer('job_id').references(() => jobs.id, { onDelete: 'cascade' }),
    kind: text('kind').$type<EventKind>().notNull(),
    subject: text('subject').notNull(),
    from: text('from_state'),
    to: text('to_state'),
    message: text('message'),
  },
  (t) => [index('events_job').on(t.jobId, t.seq)],
);

/** Copies between two machines that are under way: whatever goes wrong, what they need there is known here, and somebody removes it. */
export const directCopies = pgTable('direct_copies', {
  id: uuid('id').primaryKey(),
  jobId: integer('job_id')
    .notNull()
    .references(() => jobs.id, { onDelete: 'cascade' }),
  /** The worker that has it, by its `id` at the time; blank if it could not remove everything. */
  worker: text('worker').notNull(),
  /** Names of platforms: `client` logs in to `server`; null if one is not registered any more. */
  client: text('client').references(() => platforms.name, { onUpdate: 'cascade', onDelete: 'set null' }),
  server: text('server').references(() => platforms.name, { onUpdate: 'cascade', onDelete: 'set null' }),
  /** The client pushes to the server, or pulls from it. */
  way: text('way', { enum: ['push', 'pull'] }).notNull(),
  /** Absolute path of the directory where what has arrived is until it is shown. */
  hidden: text('hidden').notNull(),
  /** Of the key: `SHA256:…`. */
  fingerprint: text('fingerprint').notNull(),
  startedAt: instant('started_at').notNull().default(sql`now()`),
});
