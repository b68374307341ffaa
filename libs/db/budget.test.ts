import { testDatabase } from '@kiln/testing/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureAdministrator } from './accounts.ts';
import { loadBudget, setCostLimit, spending } from './budget.ts';
import type { Database } from './connect.ts';
import { ensureBuiltins } from './platforms.ts';

let db: Database;
let owner: string;
let job: number;
beforeAll(async () => {
  db = await testDatabase();
  owner = (await ensureAdministrator(db)).id;
  await ensureBuiltins(db, 1);
  await db.pool.query(`insert into connector_versions (hash, connector, archive) values ('v', 'c', '')`);
  const { rows } = await db.pool.query(
    `insert into jobs (owner_id, connector, version, platform, output_storage, parameters, progress, status)
     values ($1, 'c', 'v', 'local-cloud', 'local', '{}', '{}', 'active') returning id`,
    [owner],
  );
  job = rows[0].id;
});
afterAll(() => db.close());

/** A machine that came and went so many hours ago; null is there. */
function machine(name: string, price: number | null, came: number, went: number | null) {
  return db.pool.query(
    `insert into nodes (job_id, name, state, address, root, slots, price_per_hour, created_at, gone_at)
     values ($1, $2, 'ready', '', '/', 1, $3, now() - $4 * interval '1 hour', now() - $5 * interval '1 hour')`,
    [job, name, price, came, went],
  );
}

test('what is spent is the time of each machine within thirty days at its price, and a limit is kept with its user', async () => {
  expect(await spending(db, owner)).toEqual({ spent: 0, perHour: 0 });
  await machine('here', 0.5, 4, null);
  await machine('gone', 2, 10, 7);
  await machine('free', null, 100, null);
  await machine('long ago', 100, 24 * 60, 24 * 31);
  await machine('reaches into them', 1, 24 * 40, 24 * 30 - 2);
  const { spent, perHour } = await spending(db, owner);
  expect(spent).toBeCloseTo(0.5 * 4 + 2 * 3 + 1 * 2, 1);
  expect(perHour).toBe(0.5);
  expect(await loadBudget(db, owner)).toBeNull();
  await setCostLimit(db, owner, 20);
  expect(await loadBudget(db, owner)).toMatchObject({ limit: 20, perHour: 0.5 });
  await setCostLimit(db, owner, null);
  expect(await loadBudget(db, owner)).toBeNull();
});
