import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadFolder } from '@kiln/connectors/load';
import { ensureAdministrator } from '@kiln/db/accounts';
import { storeVersion } from '@kiln/db/catalog';
import { type Database, openDatabase } from '@kiln/db/connect';
import { jobEventsBetween } from '@kiln/db/events';
import { loadState, type StoredState } from '@kiln/db/load-state';
import { ensureBuiltins } from '@kiln/db/platforms';
import { insertJob } from '@kiln/db/submit';
import { type Event, hasEnded, type Parameters } from '@kiln/domain';
import { testDatabase } from '@kiln/testing/database';
import { pino } from 'pino';
import { startWorker, type WorkerOptions } from '../worker.ts';

/** An installation with a database, a home folder and connectors of its own, for tests of the worker. It closes the database that it is given. */
export async function installation(given?: Database) {
  const db = given ?? (await testDatabase());
  const home = await mkdtemp(join(tmpdir(), 'kiln-home-'));
  const user = await ensureAdministrator(db);
  await ensureBuiltins(db, 2);
  const until = async (jobId: number, wanted: (state: StoredState) => boolean): Promise<StoredState> => {
    for (;;) {
      const state = await loadState(db, jobId);
      if (state && wanted(state)) return state;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const closing: (() => Promise<void>)[] = [];

  return {
    db,
    home,
    user,

    /** Writes a connector's folder; a file whose text starts with `#!` becomes executable. */
    async connector(name: string, files: Readonly<Record<string, string>>): Promise<void> {
      for (const [path, text] of Object.entries(files)) {
        const file = join(home, 'payloads', name, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
      }
    },

    /** Submits without the API: what it would check is not checked. */
    async submit(
      connector: string,
      platform: string,
      parameters: Parameters = {},
      outputPath = '',
      outputStorage = 'local',
    ): Promise<number> {
      const { hash, archive, connector: loaded } = await loadFolder(join(home, 'payloads', connector), join(home, 'cache'));
      await storeVersion(db, {
        name: connector,
        version: hash,
        archive: await archive(),
        inWorkers: Object.keys(loaded.stages).length > 0,
      });
      const job = { ownerId: user.id, connector, version: hash, platform, outputStorage, outputPath, parameters };
      return (await insertJob(db, { ...job, idempotencyKey: randomUUID() })).id;
    },

    async worker(options: Partial<WorkerOptions> = {}) {
      const own = openDatabase(db.url, { max: 20 });
      const worker = await startWorker({ db: own, kilnHome: home, log: pino({ level: 'silent' }), environment: process.env, ...options });
      const close = async () => {
        closing.splice(closing.indexOf(close), 1);
        await worker.close();
        await own.close();
      };
      closing.push(close);
      return { close };
    },

    /** Resolves when the job's state is as wanted. */
    until,
    ended: (jobId: number): Promise<StoredState> => until(jobId, ({ job }) => hasEnded(job.status)),

    events: (jobId: number): Promise<readonly Event[]> => jobEventsBetween(db, jobId, 0, Number.MAX_SAFE_INTEGER, 1_000_000),
    output: (path: string): Promise<string> => readFile(join(home, 'outputs', path), 'utf8'),

    async close() {
      for (const close of [...closing].reverse()) await close();
      await db.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
