import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding, PlatformState } from '@kiln/domain';
import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from './connect.ts';
import { migrationsFolder } from './migrate.ts';
import { ADVANCE, CHECK } from './queue.ts';
import { connectors, platforms } from './schema.ts';
import { sealingKey } from './schema-workers.ts';

export interface Server {
  /** As `18.4`. */
  readonly version: string;
  /** How far its clock is ahead of this machine's; milliseconds. */
  readonly ahead: number;
}

export async function serverOf(db: Database): Promise<Server> {
  await db.pool.query('select 1'); // So that opening a connection is not measured.
  const before = Date.now();
  const { rows } = await db.pool.query(
    `select split_part(current_setting('server_version'), ' ', 1) as version, extract(epoch from clock_timestamp())::float8 * 1000 as now`,
  );
  const middle = (before + Date.now()) / 2;
  const found: { version: string; now: number } = rows[0];
  return { version: found.version, ahead: Math.round(found.now - middle) };
}

/** The migrations of this Kiln that the database lacks, and how many it has that this Kiln does not know: it is an older one. */
export interface Migrations {
  readonly shipped: number;
  readonly missing: readonly string[];
  readonly unknown: number;
}

const journal = z.object({ entries: z.array(z.object({ tag: z.string(), when: z.number() })) });

export async function migrationsOf(db: Database): Promise<Migrations> {
  const { entries } = journal.parse(JSON.parse(await readFile(join(migrationsFolder(), 'meta/_journal.json'), 'utf8')));
  const { rows } = await db.pool.query(`select to_regclass('drizzle.__drizzle_migrations') is not null as there`);
  const applied: { when: string }[] = rows[0]?.there
    ? (await db.pool.query('select created_at::text as when from drizzle.__drizzle_migrations')).rows
    : [];
  const known = new Set(entries.map(({ when }) => String(when)));
  const has = new Set(applied.map(({ when }) => when));
  return {
    shipped: entries.length,
    missing: entries.filter(({ when }) => !has.has(String(when))).map(({ tag }) => tag),
    unknown: applied.filter(({ when }) => !known.has(when)).length,
  };
}

/** The counter of events and the number of the newest one; they are the same. */
export async function eventNumbers(db: Database): Promise<{ readonly counter: number; readonly newest: number }> {
  const { rows } = await db.pool.query(
    `select (select last from event_counter)::float8 as counter, coalesce((select max(seq) from events), 0)::float8 as newest`,
  );
  return rows[0];
}

export interface WorkerBeat {
  readonly host: string;
  readonly pid: number;
  /** Seconds since its last heartbeat. */
  readonly silent: number;
  /** It beats. */
  readonly alive: boolean;
}

/** Which workers beat, as a condition in SQL; the others take over what a silent one has. */
export const BEATS = `beat_at > clock_timestamp() - interval '10 seconds'`;

export async function workerBeats(db: Database): Promise<readonly WorkerBeat[]> {
  const { rows } = await db.pool.query(
    `select host, pid, extract(epoch from clock_timestamp() - beat_at)::float8 as silent, ${BEATS} as alive from workers order by started_at`,
  );
  return rows;
}

export interface QueueHealth {
  /** Live jobs that nothing would advance. */
  readonly forgotten: readonly number[];
  /** Keys of messages that workers hold which do not beat. */
  readonly heldByTheDead: readonly string[];
  /** Messages that failed again and again, with what went wrong last. */
  readonly failing: readonly { readonly key: string; readonly attempts: number; readonly error: string }[];
}

/** Tries after which a message is called failing. */
const MANY_ATTEMPTS = 5;

export async function queueHealth(db: Database): Promise<QueueHealth> {
  const [forgotten, held, failing] = await Promise.all([
    db.orm.execute<{ id: number }>(sql`
      select id from jobs j where status in ('active', 'blocked')
        and not exists (select from graphile_worker.jobs q where q.key = 'job:' || j.id) order by id`),
    db.orm.execute<{ key: string }>(sql`
      select coalesce(key, task_identifier) as key from graphile_worker.jobs
      where task_identifier in (${ADVANCE}, ${CHECK}) and locked_at < now() - interval '1 minute'
        and locked_by not in (select id from workers where beat_at > now() - interval '1 minute') order by 1`),
    db.orm.execute<{ key: string; attempts: number; error: string }>(sql`
      select coalesce(key, task_identifier) as key, attempts, last_error as error from graphile_worker.jobs
      where last_error is not null and attempts >= ${MANY_ATTEMPTS} order by attempts desc limit 20`),
  ]);
  return { forgotten: forgotten.rows.map(({ id }) => id), heldByTheDead: held.rows.map(({ key }) => key), failing: failing.rows };
}

export interface LongBlocked {
  readonly id: number;
  readonly connector: string;
  /** ISO 8601. */
  readonly since: string;
  readonly message: string;
}

/** Jobs that have been blocked for longer than `age` milliseconds, the oldest trouble first. */
export async function longBlocked(db: Database, age: number): Promise<readonly LongBlocked[]> {
  const { rows } = await db.orm.execute<Record<keyof LongBlocked, string> & { id: number }>(sql`
    select id, connector, blocked->>'since' as since, blocked->>'message' as message from jobs
    where status = 'blocked' and (blocked->>'since')::timestamptz < now() - ${age} * interval '1 millisecond'
    order by (blocked->>'since')::timestamptz limit 50`);
  return rows;
}

/** Connectors in use whose folder as it is now cannot be used. */
export function brokenConnectors(db: Database): Promise<readonly { readonly name: string; readonly problem: string | null }[]> {
  return db.orm
    .select({ name: connectors.name, problem: connectors.problem })
    .from(connectors)
    .where(and(eq(connectors.active, true), isNotNull(connectors.problem)))
    .orderBy(asc(connectors.name));
}

export interface PlatformHealth {
  readonly name: string;
  readonly state: PlatformState;
  readonly checkedAt: string | null;
  readonly findings: readonly Finding[];
}

export function platformsHealth(db: Database): Promise<readonly PlatformHealth[]> {
  const { name, state, checkedAt, findings } = platforms;
  return db.orm.select({ name, state, checkedAt, findings }).from(platforms).where(isNull(platforms.deletedAt)).orderBy(asc(name));
}

/** The public half of the key to which credentials are sealed; undefined before a worker has run. */
export async function publishedSealingKey(db: Database): Promise<string | undefined> {
  const [row] = await db.orm.select({ publicKey: sealingKey.publicKey }).from(sealingKey);
  return row?.publicKey;
}
