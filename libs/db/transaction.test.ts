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
