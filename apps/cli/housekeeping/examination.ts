import type { Database } from '@kiln/db/connect';
import type { Environment } from '../context.ts';
import { type Check, checked, failed, ok, sentence, warning } from './check.ts';
import {
  checkBlocked,
  checkConnectors,
  checkEvents,
  checkMigrations,
  checkPlatforms,
  checkQueue,
  checkServer,
  checkWorkers,
} from './check-database.ts';
import { checkDisks, checkHome, checkNode, checkSealingKey } from './check-home.ts';
import { askWorkers, checkOrphans, lookHere } from './check-orphans.ts';
import { databaseFolder, type Found, findInstallation, openAt } from './installation.ts';

export interface ExaminationOptions {
  readonly home: string;
  readonly environment: Environment;
  /** Remove what ended jobs left on platforms. */
  readonly fix: boolean;
  /** Told what goes on, where that takes long. */
  readonly say: (line: string) => void;
}

/** All checks, in the order in which trouble is best mended. */
export async function examine(options: ExaminationOptions): Promise<readonly Check[]> {
  const { home, environment } = options;
  const first = [checkNode(), ...(await checked('Home', () => checkHome(home)))];
  if (first.some(({ name, status }) => name === 'Home' && status === 'failed')) return first;
  try {
    const installation = await findInstallation(
      home,
      environment.DATABASE_URL || undefined,
      'kiln doctor looks at this home: try again when it is done.',
    );
    try {
      const { database } = installation;
      first.push(runs(database));
      first.push(...(await checked('Disk', () => checkDisks(home, database.kind === 'external'))));
      return [...first, ...(await inDatabase(database, options))];
    } finally {
      await installation.release();
    }
  } catch (error) {
    return [...first, failed('Database', sentence(error), 'See server.log in the postgres folder of the home, and logs/.')];
  }
}

function runs(database: Found): Check {
  if (database.kind === 'none') return ok('Kiln', 'It has never run on this home, or keeps its database elsewhere (DATABASE_URL).');
  if (database.kind === 'external') return ok('Kiln', 'It uses the database that DATABASE_URL names.');
  if (database.kind === 'running' && database.up) return ok('Kiln', 'It runs.');
  return warning('Kiln', 'It does not run: its database is started for this look only.', 'Start it with `kiln up`.');
}

async function inDatabase(database: Found, options: ExaminationOptions): Promise<readonly Check[]> {
  if (database.kind === 'none') return checked('Sealing key', () => checkSealingKey(options.home, undefined));
  if (database.kind !== 'resting') return withDatabase(database.url, options);
  const { startEmbedded } = await import('@kiln/db/embedded');
  const server = await startEmbedded(databaseFolder(options.home));
  try {
    return await withDatabase(server.url, options);
  } finally {
    await server.stop();
  }
}

async function withDatabase(url: string, options: ExaminationOptions): Promise<readonly Check[]> {
  const db = await openAt(url);
  try {
    return await look(db, options);
  } finally {
    await db.close();
  }
}

async function look(db: Database, { home, environment, fix, say }: ExaminationOptions): Promise<readonly Check[]> {
  const { publishedSealingKey } = await import('@kiln/db/health');
  let server: readonly Check[];
  try {
    server = await checkServer(db);
  } catch (error) {
    const reason = `It does not answer: ${sentence(error)}`;
    return [failed('Database', reason, 'Start it, or mend DATABASE_URL; jobs go on by themselves when it is back.')];
  }
  const migrations = await checked('Migrations', () => checkMigrations(db));
  if (migrations.some(({ status }) => status === 'failed')) return [...server, ...migrations];
  const workers = await checked('Workers', () => checkWorkers(db));
  const alive = workers.every(({ status }) => status === 'ok');
  const groups = [
    server,
    migrations,
    await checked('Sealing key', async () => checkSealingKey(home, await publishedSealingKey(db))),
    await checked('Events', () => checkEvents(db)),
    workers,
    alive ? await checked('Queue', () => checkQueue(db)) : [],
    await checked('Blocked jobs', () => checkBlocked(db)),
    await checked('Connectors', () => checkConnectors(db)),
    await checked('Platforms', () => checkPlatforms(db)),
    await checked('Orphans', async () => checkOrphans(await (alive ? askWorkers(db) : lookHere(db, home, environment)), fix, say)),
  ];
  return groups.flat();
}
