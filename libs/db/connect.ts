import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import * as schema from './schema.ts';

export interface Database {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly orm: NodePgDatabase<typeof schema>;
  close(): Promise<void>;
}

/** Connections are made when first needed: a wrong address shows itself at the first query. */
export function openDatabase(url: string, options: { readonly max?: number } = {}): Database {
  const pool = new pg.Pool({ connectionString: url, max: options.max ?? 10, keepAlive: true });
  // An idle connection that breaks is dropped by the pool, and the next query gets a new one; without a handler the process would end.
  pool.on('error', () => undefined);
  // The same for one that breaks in use: its query fails, and that error is the caller's.
  pool.on('connect', (client) => client.on('error', () => undefined));
  let closing: Promise<void> | undefined;
  return {
    url,
    pool,
    orm: drizzle(pool, { schema }),
    close() {
      closing ??= pool.end();
      return closing;
    },
  };
}
