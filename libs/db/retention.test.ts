import { testDatabase } from '@kiln/testing/database';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ensureAdministrator } from './accounts.ts';
import { appendEvents } from './append-events.ts';
import type { Database } from './connect.ts';
import { lastSeq } from './events.ts';
import { eventNumbers } from './health.ts';
import { ensureBuiltins } from './platforms.ts';
import { endsOf, forgetOldEvents, isEldest } from './retention.ts';
import { stageTimes } from './stage-times.ts';
import { inTransaction } from './transaction.ts';
import { beat } from './workers.ts';

const DAY = 24 * 60 * 60 * 1000;
let db: Database;
let owner: string;

beforeAll(async () => {
  db = await testDatabase();
  owner = (await ensureAdministrator(db)).id;
  await ensureBuiltins(db, 1);
  await db.pool.query(`insert into connector_versions (hash, connector, archive) values ('v', 'c', '')`);
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.pool.query('delete from jobs; delete from events; update event_counter set last = 0');
});

/** A job with the events of `tasks` tasks, that ended `days` ago; null if it has not. */
async function job(days: number | null, tasks: number): Promise<number> {
  const { rows } = await db.pool.query(
    `insert into jobs (owner_id, connector, version, platform, output_storage, parameters, progress, status, ended_at)
     values ($1, 'c', 'v', 'local', 'local', '{}', '{}', $2, now() - $3 * interval '1 day') returning id`,
    [owner, days === null ? 'active' : 'succeeded', days],
  );
  const id: number = rows[0].id;
  await inTransaction(db, (tx) =>
    appendEvents(tx, id, [
      { kind: 'job', subject: 'stage', from: 'configure', to: 'create' },
      { kind: 'node', subject: 'local', from: null, to: 'running' },
      ...Array.from({ length: tasks }, (_, n) => ({ kind: 'task' as const, subject: String(n + 1), from: null, to: 'waiting' })),
      { kind: 'note', subject: '', message: 'A note.' },
      { kind: 'job', subject: 'status', from: 'active', to: 'succeeded' },
    ]),
  );
  return id;
}

async function kinds(id: number): Promise<Record<string, number>> {
  const { rows } = await db.pool.query('select kind, count(*)::int as n from events where job_id = $1 group by 1', [id]);
  return Object.fromEntries(rows.map(({ kind, n }) => [kind, n]));
}

test('old events of tasks and notes go, in several transactions; job and node transitions stay, and with them the stage times', async () => {
  const [old, young, live] = [await job(91, 25), await job(89, 3), await job(null, 3)];
  expect(await forgetOldEvents(db, 90 * DAY, undefined, 10)).toBe(26);
  expect(await kinds(old)).toEqual({ job: 2, node: 1 });
  for (const kept of [young, live]) expect(await kinds(kept)).toEqual({ job: 2, node: 1, task: 3, note: 1 });
  const times = await stageTimes(db, { id: old, createdAt: new Date().toISOString() }, Date.now());
  expect(times.map(({ stage }) => stage)).toEqual(['configure', 'create']);
  expect(await forgetOldEvents(db, 90 * DAY)).toBe(0);
});

test('more jobs than a page has are gone through', async () => {
  for (let n = 0; n < 201; n += 1) await job(100, 1);
  expect(await forgetOldEvents(db, 90 * DAY)).toBe(402);
});

test('the numbers of events go on as if nothing had been removed', async () => {
  await job(91, 3);
  await inTransaction(db, (tx) => appendEvents(tx, null, [{ kind: 'note', subject: '', message: 'The newest of all.' }]));
  const before = await lastSeq(db);
  await forgetOldEvents(db, 90 * DAY);
  expect(await eventNumbers(db)).toEqual({ counter: before, newest: before });
  await job(null, 1);
  expect(await lastSeq(db)).toBe(before + 5);
});

test('it ends between two transactions when it is told to', async () => {
  const old = await job(91, 25);
  expect(await forgetOldEvents(db, 90 * DAY, AbortSignal.abort())).toBe(0);
  expect((await kinds(old))['task']).toBe(25);
});

test('a job is known by its number, and a number that no job has is not', async () => {
  const id = await job(1, 0);
  expect(await endsOf(db, [id, id + 1])).toEqual([{ id, connector: 'c', status: 'succeeded', endedAt: expect.any(String) }]);
});

test('of several workers, the one that started first keeps house', async () => {
  for (const id of ['first', 'second']) await beat(db, { id, host: 'here', pid: 1 });
  await db.pool.query(`update workers set started_at = now() - interval '1 hour' where id = 'first'`);
  expect(await isEldest(db, 'first')).toBe(true);
  expect(await isEldest(db, 'second')).toBe(false);
});
