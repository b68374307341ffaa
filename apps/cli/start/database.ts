import { join } from 'node:path';
import type { Database } from '@kiln/db/connect';
import { KnownError } from '@kiln/domain';
import { CommandError } from '../exit.ts';
import { askControl } from './control.ts';
import { field } from './field.ts';

export interface OpenDatabase {
  readonly db: Database;
  close(): Promise<void>;
}

/** Enough for an API and a worker in one process. */
const CONNECTIONS = 24;

/** The database of `DATABASE_URL`, or the embedded one of `home`, started if need be; migrated. */
export async function openOwnDatabase(home: string, databaseUrl: string | undefined): Promise<OpenDatabase> {
  if (databaseUrl) return open(databaseUrl, async () => undefined);
  const { startEmbedded } = await import('@kiln/db/embedded');
  const server = await startEmbedded(join(home, 'postgres'));
  return open(server.url, () => server.stop());
}

/** The database of `DATABASE_URL`, or the embedded one if a `kiln up` runs on `home`; migrated. */
export async function openSharedDatabase(home: string, databaseUrl: string | undefined, connections = CONNECTIONS): Promise<OpenDatabase> {
  const url = databaseUrl || (await askControl(home, 'database'));
  if (url) return open(url, async () => undefined, connections);
  throw new CommandError(
    'DATABASE_URL is not set and no `kiln up` runs on this machine: set it to the address of a PostgreSQL, or start everything with `kiln up`.',
  );
}

async function open(url: string, stop: () => Promise<void>, max = CONNECTIONS): Promise<OpenDatabase> {
  const [{ openDatabase }, { migrate }] = await Promise.all([import('@kiln/db/connect'), import('@kiln/db/migrate')]);
  if (!/^postgres(ql)?:\/\//.test(url)) throw new CommandError('DATABASE_URL is not an address such as postgresql://user@host/database.');
  const db = openDatabase(url, { max });
  const close = async () => {
    await db.close();
    await stop();
  };
  try {
    await migrate(db);
  } catch (error) {
    await close();
    throw unusable(error);
  }
  return { db, close };
}

/** PostgreSQL's and the network's errors have a code and a message without secrets. */
function unusable(error: unknown): unknown {
  const cause = field(error, 'cause') ?? error;
  if (typeof field(cause, 'code') !== 'string') return error;
  const message = String(field(cause, 'message') || field(cause, 'code'));
  return new KnownError('INTERNAL', `The database cannot be used: ${message.replace(/\.$/, '')}.`, { cause: error });
}
