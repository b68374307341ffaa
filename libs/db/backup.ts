import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { KnownError } from '@kiln/domain';
import pg from 'pg';
import type { Database } from './connect.ts';
import { embeddedBinaries } from './embedded-binaries.ts';
import { findServer } from './embedded-lock.ts';

/** A part of the database, by its path in the data directory. A file may change, shrink or go while it is copied. */
export type DatabasePart =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'file'; readonly path: string; readonly source: string }
  | { readonly kind: 'content'; readonly path: string; readonly content: Buffer };

/** Of the running server only; a copy must not have them. */
const OF_THE_SERVER = new Set(['postmaster.pid', 'postmaster.opts']);
/** Made anew at every start: their content is of no use in a copy of a server that runs. */
const MADE_AT_START = new Set(['pg_dynshmem', 'pg_notify', 'pg_replslot', 'pg_serial', 'pg_snapshots', 'pg_stat_tmp', 'pg_subtrans']);
const CONTROL = 'global/pg_control';

/** The PostgreSQL major of a data directory, as `18`; undefined if there is none. */
export async function majorOf(data: string): Promise<string | undefined> {
  return readFile(join(data, 'PG_VERSION'), 'utf8').then(
    (text) => text.trim(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    },
  );
}

/** The major of the PostgreSQL that Kiln brings along. */
export async function embeddedMajor(): Promise<string> {
  const { stdout } = await promisify(execFile)(join(await embeddedBinaries(), 'postgres'), ['--version']);
  return /\d+/.exec(stdout)?.[0] ?? stdout.trim();
}

/** The port of the server that runs on a data directory. */
export async function portOf(data: string): Promise<number | undefined> {
  return (await findServer(data))?.port;
}

/** All of a database whose server does not run, and is kept from starting by the caller. */
export async function* databaseAtRest(data: string): AsyncGenerator<DatabasePart, void> {
  yield* partsOf(data, '', (path) => !OF_THE_SERVER.has(path));
  if (await portOf(data)) throw new KnownError('CONFLICT', 'The database was started while it was copied: try again.');
}

/**
 * All of a database in use, by PostgreSQL's low-level backup: the files as they happen to be, and the write-ahead log from the backup's start
 * to its end, from which a server that is started on the copy mends them.
 * https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
 * A temporary replication slot keeps that part of the log; slot and backup end with the connection, however it ends.
 */
export async function* databaseInUse(data: string, url: string): AsyncGenerator<DatabasePart, void> {
  const client = new pg.Client({ connectionString: url, keepAlive: true });
  client.on('error', () => undefined); // The query that comes next fails, and says so.
  await client.connect();
  try {
    const slot = `kiln_backup_${randomUUID().replaceAll('-', '')}`;
    await client.query('select pg_create_physical_replication_slot($1, immediately_reserve => true, temporary => true)', [slot]);
    const first = await only(client, `select pg_walfile_name(pg_backup_start('kiln backup', fast => true)) as name`, 'name');
    yield* partsOf(data, '', (path) => !leftOut(path));
    yield { kind: 'content', path: CONTROL, content: await readUntorn(join(data, CONTROL)) };
    const { rows } = await client.query('select lsn::text, labelfile, spcmapfile from pg_backup_stop(wait_for_archive => false)');
    const stopped: { lsn: string; labelfile: string; spcmapfile: string } = rows[0];
    yield { kind: 'content', path: 'backup_label', content: Buffer.from(stopped.labelfile) };
    if (stopped.spcmapfile.trim() !== '') yield { kind: 'content', path: 'tablespace_map', content: Buffer.from(stopped.spcmapfile) };
    const last = await only(client, `select pg_walfile_name('${stopped.lsn}') as name`, 'name');
    yield* logBetween(data, first, last);
    // A server that ended meanwhile, and the slot with it, may have removed a part of the log.
    await client.query('select 1');
  } finally {
    await client.end().catch(() => undefined); // It broke, and what broke it is thrown already.
  }
}

function leftOut(path: string): boolean {
  const [first = '', ...rest] = path.split('/');
  const name = rest.at(-1) ?? first;
  if (OF_THE_SERVER.has(path) || path === CONTROL) return true;
  if (name.startsWith('pgsql_tmp') || name === 'pg_internal.init') return true;
  return rest.length > 0 && (MADE_AT_START.has(first) || (first === 'pg_wal' && name !== 'archive_status' && name !== 'summaries'));
}

async function* partsOf(data: string, path: string, wanted: (path: string) => boolean): AsyncGenerator<DatabasePart, void> {
  const entries = await readdir(join(data, path), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && path !== '') return []; // A database or a table that was dropped meanwhile.
    throw error;
  });
  for (const entry of entries) {
    const inside = path === '' ? entry.name : `${path}/${entry.name}`;
    if (!wanted(inside)) continue;
    if (entry.isDirectory()) {
      yield { kind: 'directory', path: inside };
      yield* partsOf(data, inside, wanted);
    } else if (entry.isFile()) {
      yield { kind: 'file', path: inside, source: join(data, inside) };
    } else if (entry.isSymbolicLink()) {
      throw new KnownError('CONFLICT', `${join(data, inside)} leads out of the data directory: use pg_basebackup of your own PostgreSQL.`);
    }
  }
}

async function* logBetween(data: string, first: string, last: string): AsyncGenerator<DatabasePart, void> {
  const names = (await readdir(join(data, 'pg_wal'))).sort();
  const wanted = names.filter((name) => /^[0-9A-F]{24}$/.test(name) && name >= first && name <= last);
  if (!wanted.includes(first) || !wanted.includes(last))
    throw new KnownError('INTERNAL', `The database has removed a part of its log (${first} to ${last}) while it was copied: try again.`);
  for (const name of [...names.filter((name) => name.endsWith('.history')), ...wanted]) {
    yield { kind: 'file', path: `pg_wal/${name}`, source: join(data, 'pg_wal', name) };
  }
}

/** The server may write it at this moment: two looks that see the same have seen it whole. */
async function readUntorn(file: string): Promise<Buffer> {
  let before = await readFile(file);
  for (;;) {
    await sleep(20);
    const now = await readFile(file);
    if (now.equals(before)) return now;
    before = now;
  }
}

async function only(client: pg.Client, statement: string, column: string): Promise<string> {
  const { rows } = await client.query(statement);
  return String(rows[0]?.[column]);
}

export interface RestoredCounts {
  readonly jobs: number;
  readonly users: number;
  readonly platforms: number;
}

/**
 * For a database that was just restored: jobs get numbers from `skip` further on, because those submitted after the backup have left
 * directories under the next ones; workers and questions of then are forgotten.
 */
export async function settleRestored(db: Pick<Database, 'pool'>, skip = 1000): Promise<RestoredCounts> {
  await db.pool.query('delete from workers');
  await db.pool.query('delete from asks');
  await db.pool.query(`select setval(s, nextval(s) + $1) from pg_get_serial_sequence('jobs', 'id') as s`, [skip]);
  const { rows } = await db.pool.query(`
    select (select count(*)::int from jobs) as jobs, (select count(*)::int from users) as users,
      (select count(*)::int from platforms where deleted_at is null) as platforms`);
  return rows[0];
}
