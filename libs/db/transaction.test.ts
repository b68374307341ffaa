import { testDatabase } from '@kiln/testing/database';
import { sql } from 'drizzle-orm';
import pg from 'pg';
import { expect, test } from 'vitest';
import { inTransaction } from './transaction.ts';

test('a transaction that cannot begin gives its connection back, and not to be used again', async () => {
  const given: unknown[] = [];
  const client = Object.assign(new pg.Client(), {
    query: () => Promise.reject(new Error('Connection terminated unexpectedly')),
    release: (broken: unknown) => void given.push(broken),
  });
  const pool = Object.assign(new pg.Pool(), { connect: async () => client });
  await expect(inTransaction({ pool }, async () => {})).rejects.toThrow('begin');
  expect(given).toEqual([true]);
});

test('two transactions that wait for each other are both done in the end', async () => {
  const db = await testDatabase();
  try {
    await db.pool.query('create table counted (id int primary key, n int)');
    await db.pool.query('insert into counted values (1, 0), (2, 0)');
    const count = (id: number) => sql`update counted set n = n + 1 where id = ${id}`;
    let begun = 0;
    let go = () => {};
    const both = new Promise<void>((resolve) => {
      go = resolve;
    });
    const crossing = (first: number, second: number) =>
      inTransaction(db, async (tx) => {
        await tx.execute(count(first));
        begun += 1;
        if (begun === 2) go();
        await both;
        await tx.execute(count(second));
      });
    await Promise.all([crossing(1, 2), crossing(2, 1)]);
    expect(begun).toBeGreaterThanOrEqual(3);
    expect((await db.pool.query('select n from counted order by id')).rows).toEqual([{ n: 2 }, { n: 2 }]);
  } finally {
    await db.close();
  }
});
