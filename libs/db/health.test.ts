import { testDatabase } from '@kiln/testing/database';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureAdministrator } from './accounts.ts';
import type { Database } from './connect.ts';
import {
  brokenConnectors,
  eventNumbers,
  longBlocked,
  migrationsOf,
  platformsHealth,
  queueHealth,
  serverOf,
  workerBeats,
} from './health.ts';
import { ensureBuiltins } from './platforms.ts';
import { enqueueAdvance } from './queue.ts';
import { beat } from './workers.ts';

let db: Database;
let owner: string;

beforeEach(async () => {
  db = await testDatabase();
  owner = (await ensureAdministrator(db)).id;
  await ensureBuiltins(db, 1);
  await db.pool.query(`insert into connector_versions (hash, connector, archive) values ('v', 'c', '')`);
});
afterEach(() => db.close());

async function job(status = 'active', blocked: unknown = null): Promise<number> {
  const { rows } = await db.pool.query(
    `insert into jobs (owner_id, connector, version, platform, output_storage, parameters, progress, status, blocked)
     values ($1, 'c', 'v', 'local', 'local', '{}', '{}', $2, $3) returning id`,
    [owner, status, blocked === null ? null : JSON.stringify(blocked)],
  );
  return rows[0].id;
}

test('a database in order has nothing to complain of', async () => {
  await enqueueAdvance(db.orm, await job());
  expect(await queueHealth(db)).toEqual({ forgotten: [], heldByTheDead: [], failing: [] });
  const { shipped, ...rest } = await migrationsOf(db);
  expect(rest).toEqual({ missing: [], unknown: 0 });
  expect(shipped).toBeGreaterThan(3);
  const { version, ahead } = await serverOf(db);
  expect(version).toMatch(/^\d+\.\d+$/);
  expect(Math.abs(ahead)).toBeLessThan(5000); // one machine, one clock
  expect(await eventNumbers(db)).toEqual({ counter: 0, newest: 0 });
  expect((await platformsHealth(db)).map(({ name, state }) => [name, state])).toEqual([
    ['local', 'ready'],
    ['local-cloud', 'ready'],
  ]);
});

test('migrations that are missing are named, and those of a newer Kiln are counted', async () => {
  await db.pool.query(
    'delete from drizzle.__drizzle_migrations where created_at = (select max(created_at) from drizzle.__drizzle_migrations)',
  );
  expect((await migrationsOf(db)).missing).toEqual([expect.stringMatching(/^\d{4}_/)]);
  await db.pool.query(`insert into drizzle.__drizzle_migrations (hash, created_at) values ('of tomorrow', 9999999999999)`);
  expect((await migrationsOf(db)).unknown).toBe(1);
  await db.pool.query('drop schema drizzle cascade');
  expect((await migrationsOf(db)).missing.length).toBeGreaterThan(3);
});

test('a job without a message is forgotten, and a message that a dead worker holds is told', async () => {
  const [forgotten, held, living] = [await job(), await job(), await job()];
  for (const id of [held, living]) await enqueueAdvance(db.orm, id);
  await beat(db, { id: 'alive', host: 'here', pid: 1 });
  const lock = `update graphile_worker._private_jobs set locked_at = now() - interval '1 hour', locked_by = $1 where key = $2`;
  await db.pool.query(lock, ['dead', `job:${held}`]);
  await db.pool.query(lock, ['alive', `job:${living}`]);
  expect(await queueHealth(db)).toEqual({ forgotten: [forgotten], heldByTheDead: [`job:${held}`], failing: [] });
});

test('a message that fails again and again is told with its error', async () => {
  const id = await job();
  await enqueueAdvance(db.orm, id);
  await db.pool.query(`update graphile_worker._private_jobs set attempts = 7, last_error = 'boom' where key = $1`, [`job:${id}`]);
  expect((await queueHealth(db)).failing).toEqual([{ key: `job:${id}`, attempts: 7, error: 'boom' }]);
});

test('jobs that were blocked for longer than asked are told, the oldest first', async () => {
  const since = (hours: number) => ({ since: new Date(Date.now() - hours * 3_600_000).toISOString(), message: `for ${hours} h` });
  const [, older, old] = [await job('blocked', since(1)), await job('blocked', since(50)), await job('blocked', since(25))];
  const found = await longBlocked(db, 24 * 3_600_000);
  expect(found.map(({ id, message }) => [id, message])).toEqual([
    [older, 'for 50 h'],
    [old, 'for 25 h'],
  ]);
});

test('events beyond the counter, broken connectors in use and silent workers show', async () => {
  await db.pool.query(`insert into events (seq, kind, subject) values (3, 'note', '')`);
  expect(await eventNumbers(db)).toEqual({ counter: 0, newest: 3 });
  await db.pool.query(
    `insert into connectors (name, active, problem) values ('bad', true, 'No main.sh.'), ('out', false, 'No main.sh.'), ('good', true, null)`,
  );
  expect(await brokenConnectors(db)).toEqual([{ name: 'bad', problem: 'No main.sh.' }]);
  await beat(db, { id: 'w', host: 'here', pid: 7 });
  await db.pool.query(`update workers set beat_at = now() - interval '1 minute'`);
  const [worker] = await workerBeats(db);
  expect(worker).toMatchObject({ host: 'here', pid: 7, alive: false });
  expect(worker?.silent).toBeGreaterThan(59);
});
