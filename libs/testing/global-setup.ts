import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@kiln/db/connect';
import { startEmbedded } from '@kiln/db/embedded';
import { migrate } from '@kiln/db/migrate';
import type { TestProject } from 'vitest/node';
import { databaseUrl, TEMPLATE } from './database-url.ts';
import { type BedsOfRun, prepareBeds } from './prepare-beds.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Address of the database server that all test files share. */
    databaseServer: string;
    /** Where the test beds are that all test files share. */
    beds: BedsOfRun;
  }
}

/** What a whole run shares. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const stopDatabase = await startDatabase(project);
  const closeBeds = await startBeds(project);
  return async () => {
    await Promise.all([stopDatabase(), closeBeds()]);
  };
}

/** The beds themselves are brought up by the first test that wants them. */
async function startBeds(project: TestProject): Promise<() => Promise<void>> {
  const { beds, close } = await prepareBeds();
  if (beds.missing) console.error(`Tests on real SSH servers, Slurm and Grid Engine are skipped: ${beds.missing}.`);
  else if (beds.machinesMissing) console.error(`Tests on machines that die are skipped: ${beds.machinesMissing}.`);
  else if (beds.cloudMissing) console.error(`Tests on a real OpenStack are skipped: ${beds.cloudMissing}.`);
  project.provide('beds', beds);
  return close;
}

/** One server with one migrated database that test files clone. Nothing in it is worth keeping. */
async function startDatabase(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'kiln-test-postgres-'));
  const server = await startEmbedded(directory, { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' });
  await makeTemplate(server.url);
  project.provide('databaseServer', server.url);
  return async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

async function makeTemplate(serverUrl: string): Promise<void> {
  const server = openDatabase(serverUrl, { max: 1 });
  await server.pool.query(`create database ${TEMPLATE}`);
  await server.close();
  const template = openDatabase(databaseUrl(serverUrl, TEMPLATE), { max: 1 });
  await migrate(template);
  await template.close();
}
