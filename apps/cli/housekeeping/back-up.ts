import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabasePart } from '@kiln/db/backup';
import { CommandError, EXIT } from '../exit.ts';
import { field } from '../start/field.ts';
import { ArchiveWriter, existsAlready } from './archive-writer.ts';
import { dataOf, type Found, findInstallation } from './installation.ts';
import { MANIFEST, type Manifest } from './manifest.ts';
import { installationOf } from './sealing.ts';

export interface BackUpOptions {
  readonly home: string;
  readonly file: string;
  readonly version: string;
  readonly databaseUrl: string | undefined;
  readonly results: boolean;
  readonly signal: AbortSignal;
  /** Told how many bytes were taken, now and then. */
  readonly progress: (bytes: number) => void;
}

/** What was backed up, and how. */
export interface BackedUp {
  readonly manifest: Manifest;
  readonly database: Found['kind'];
  /** Before compression. */
  readonly bytes: number;
}

/** Below it lie the files of the database, in the archive and in a home. */
export const DATA = 'postgres/data';
export const SEALING_KEY = 'sealing-key.json';

/** Writes a backup of an installation to `file`, whole or not at all. */
export async function backUp(options: BackUpOptions): Promise<BackedUp> {
  const { home, file, databaseUrl, results, signal } = options;
  if (await exists(file)) throw existsAlready(file);
  if (!(await exists(home))) throw new CommandError(`There is no ${home}: name the home with --home.`, EXIT.failed);
  const installation = await findInstallation(home, databaseUrl, 'A backup of this home is being made: try again when it is done.');
  try {
    const { database } = installation;
    if (database.kind === 'none')
      throw new CommandError(`${home} has no database: name the home with --home, or set DATABASE_URL.`, EXIT.failed);
    const manifest = await describe(options, database);
    let bytes = 0;
    await ArchiveWriter.write(file, signal, async (archive) => {
      const tick = () => options.progress(archive.bytes);
      await archive.content(MANIFEST, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
      await addDatabase(archive, home, database, signal, tick);
      await addTree(archive, home, SEALING_KEY, signal, tick);
      await addTree(archive, home, 'payloads', signal, tick);
      if (results) await addTree(archive, home, 'outputs', signal, tick);
      bytes = archive.bytes;
    });
    return { manifest, database: database.kind, bytes };
  } finally {
    await installation.release();
  }
}

async function describe({ home, version, results }: BackUpOptions, database: Found): Promise<Manifest> {
  const { majorOf } = await import('@kiln/db/backup');
  return {
    format: 1,
    kiln: version,
    madeAt: new Date().toISOString(),
    installation: await installationOf(home),
    postgres: database.kind === 'external' ? null : ((await majorOf(dataOf(home))) ?? null),
    results,
  };
}

async function addDatabase(archive: ArchiveWriter, home: string, database: Found, signal: AbortSignal, tick: () => void): Promise<void> {
  if (database.kind === 'external' || database.kind === 'none') return;
  const { databaseAtRest, databaseInUse } = await import('@kiln/db/backup');
  const data = dataOf(home);
  const parts: AsyncIterable<DatabasePart> = database.kind === 'running' ? databaseInUse(data, database.url) : databaseAtRest(data);
  await archive.directory(DATA, 0o700);
  for await (const part of parts) {
    signal.throwIfAborted();
    const name = `${DATA}/${part.path}`;
    if (part.kind === 'directory') await archive.directory(name, 0o700);
    else if (part.kind === 'content') await archive.content(name, part.content);
    else await archive.copy(name, part.source);
    tick();
  }
}

/** A file, a link or a directory of the home and all in it; what is not there is passed over. */
async function addTree(archive: ArchiveWriter, home: string, path: string, signal: AbortSignal, tick: () => void): Promise<void> {
  signal.throwIfAborted();
  tick();
  const source = join(home, path);
  const found = await lstat(source).catch((error: unknown) => {
    if (field(error, 'code') === 'ENOENT') return undefined;
    throw error;
  });
  if (found?.isSymbolicLink()) await archive.link(path, await readlink(source));
  else if (found?.isFile()) await archive.copy(path, source);
  else if (found?.isDirectory()) {
    await archive.directory(path, found.mode & 0o777);
    for (const name of await readdir(source)) await addTree(archive, home, `${path}/${name}`, signal, tick);
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
