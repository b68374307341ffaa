import { randomUUID } from 'node:crypto';
import { type Database, openDatabase } from '@kiln/db/connect';
import { inject } from 'vitest';
import { databaseUrl, TEMPLATE } from './database-url.ts';

/** A migrated database of its own for a test file, on the server that the whole run shares. `close` drops it. */
export async function testDatabase(options: { readonly max?: number } = {}): Promise<Database> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`create database ${name} template ${TEMPLATE}`);
  const database = openDatabase(databaseUrl(inject('databaseServer'), name), options);
  return {
    ...database,
    async close() {
      await database.close();
      await onServer(`drop database if exists ${name} with (force)`);
    },
  };
}

/** An empty database, as a fresh installation finds it. */
export async function emptyDatabase(): Promise<Database> {
  const name = `empty_${randomUUID().replaceAll('-', '')}`;
  await onServer(`create database ${name}`);
  return openDatabase(databaseUrl(inject('databaseServer'), name));
}

async function onServer(statement: string): Promise<void> {
  const server = openDatabase(inject('databaseServer'), { max: 1 });
  try {
    await server.pool.query(statement);
  } finally {
    await server.close();
  }
}
