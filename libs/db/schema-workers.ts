import { sql } from 'drizzle-orm';
import { boolean, check, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytes, instant } from './columns.ts';

/** A question of an API process to whichever worker gets it: the API never talks to a platform itself. */
export const asks = pgTable('asks', {
  id: uuid('id').primaryKey().defaultRandom(),
  question: jsonb('question').notNull(),
  answer: jsonb('answer'),
  /** Bytes that belong to the answer, and before it to the question. */
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
  connections: jsonb('connections').$type<readonly WorkerConnection[]>().notNull().default([]),
});

/** What a worker has open to one login. */
export interface WorkerConnection {
  /** `user@host:port` */
  readonly address: string;
  readonly connections: number;
  /** Sessions at this moment, over all of its connections. */
  readonly sessions: number;
  readonly sessionLimit: number;
  readonly state: 'up' | 'down' | 'connecting';
  /** ISO 8601. */
  readonly since: string;
}

/** The public key to which secrets are sealed for the workers of this installation, who hold the other half. */
export const sealingKey = pgTable(
  'sealing_key',
  { only: boolean('only').primaryKey().default(true), publicKey: text('public_key').notNull() },
  (t) => [check('sealing_key_one_row', sql`${t.only}`)],
);
