import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { Database } from './connect.ts';
import { isDatabaseAway, isDeadlock } from './errors.ts';
import * as schema from './schema.ts';

/** What runs inside `inTransaction`, and what takes part in one. */
export type Transaction = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];

const orms = new WeakMap<pg.PoolClient, Database['orm']>();

/** How often a transaction is begun anew that Postgres has ended because it and another waited for each other. */
const MOST_RETRIES = 3;

/** Runs `body` in one transaction. Never await anything but the database inside it, and change nothing else: it may run again. */
export async function inTransaction<T>(db: Pick<Database, 'pool'>, body: (tx: Transaction) => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await inOne(db, body);
    } catch (error) {
      if (tries === MOST_RETRIES || !isDeadlock(error)) throw error;
    }
  }
}

/** The connection is given back whatever happens: Drizzle, given the pool, keeps it for ever when the transaction cannot begin. */
async function inOne<T>(db: Pick<Database, 'pool'>, body: (tx: Transaction) => Promise<T>): Promise<T> {
  const client = await db.pool.connect();
  let broken = false;
  try {
    return await ormOf(client).transaction(body);
  } catch (error) {
    broken = isDatabaseAway(error);
    throw error;
  } finally {
    client.release(broken);
  }
}

function ormOf(client: pg.PoolClient): Database['orm'] {
  const orm = orms.get(client) ?? drizzle(client, { schema });
  orms.set(client, orm);
  return orm;
}
