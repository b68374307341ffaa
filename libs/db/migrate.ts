import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import { Logger, runMigrations } from 'graphile-worker';
import type { Database } from './connect.ts';

/** Any number; it only has to be the same in every Kiln. */
const LOCK = 7_455_046;

/** Brings the tables and the queue's own to the newest version. Safe when several processes start together: they take turns. */
export async function migrate(db: Database): Promise<void> {
  const client = await db.pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await applyMigrations(drizzle(client), { migrationsFolder: migrationsFolder() });
    await runMigrations({ connectionString: db.url, maxPoolSize: 1, schema: 'graphile_worker', logger: new Logger(() => () => undefined) });
  } finally {
    // Closing the connection, not handing it back, frees the lock whatever happened before.
    client.release(true);
  }
}

/** `drizzle/` at the root of the installation: above this file in the sources, above the bundle in `dist/`. */
export function migrationsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'drizzle/meta/_journal.json'))) {
    if (folder === dirname(folder)) throw new Error('The folder drizzle/ with the database migrations is missing from this installation.');
    folder = dirname(folder);
  }
  return join(folder, 'drizzle');
}
