import { readFile } from 'node:fs/promises';
import { emptyDatabase } from '@kiln/testing/database';
import { afterEach, expect, test } from 'vitest';
import { type Database, openDatabase } from './connect.ts';
import { migrate } from './migrate.ts';

const opened: Database[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((db) => db.close()));
});

async function fresh(): Promise<Database> {
  const db = await emptyDatabase();
  opened.push(db);
  return db;
}

function another(db: Database): Database {
  const other = openDatabase(db.url);
  opened.push(other);
  return other;
}

test('a fresh database gets the tables, the queue and the one row that counts events', async () => {
  const db = await fresh();
  await migrate(db);
  expect((await db.pool.query('select last from event_counter')).rows).toEqual([{ last: '0' }]);
  await db.pool.query(`select graphile_worker.add_job('advance', '{}'::json)`);
});

test('several Kilns that start together migrate a fresh database once', async () => {
  const db = await fresh();
  await Promise.all([db, another(db), another(db), another(db)].map(migrate));
  const applied = await db.pool.query(
    'select count(*)::int as all, count(distinct hash)::int as distinct from drizzle.__drizzle_migrations',
  );
  const { entries } = JSON.parse(await readFile(new URL('../../drizzle/meta/_journal.json', import.meta.url), 'utf8'));
  expect(applied.rows[0]).toEqual({ all: entries.length, distinct: entries.length });
});

test('migrating a migrated database changes nothing', async () => {
  const db = await fresh();
  await migrate(db);
  await db.pool.query('update event_counter set last = 7');
  await migrate(db);
  expect((await db.pool.query('select last from event_counter')).rows).toEqual([{ last: '7' }]);
});

test('a migration that fails frees the lock for the next one', async () => {
  const db = await fresh();
  await db.pool.query('create table users (id int)');
  await expect(migrate(db)).rejects.toThrow('users');
  await db.pool.query('drop table users');
  await migrate(db);
});
