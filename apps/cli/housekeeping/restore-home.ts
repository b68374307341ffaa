import { mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, EXIT } from '../exit.ts';
import { field } from '../start/field.ts';
import { unpackBackup } from './archive-reader.ts';
import { databaseFolder, holdHome, openAt } from './installation.ts';
import type { Manifest } from './manifest.ts';

export interface Restored {
  readonly manifest: Manifest;
  /** What the database holds; null if it is not in the archive. */
  readonly counts: { readonly jobs: number; readonly users: number; readonly platforms: number } | null;
}

/** Everything is unpacked and tried here, inside the home, before any of it takes its place. */
const STAGING = '.restoring';
/** Left by a `kiln restore` or `kiln up` that was killed. */
const OF_NO_ACCOUNT = new Set([STAGING, 'up.sock']);

/** Makes `home`, which is empty or not there, what it was when the backup was made; or leaves it as it was. */
export async function restoreHome(file: string, home: string, signal: AbortSignal): Promise<Restored> {
  const before = await namesIn(home);
  const kept = before?.filter((name) => !OF_NO_ACCOUNT.has(name)) ?? [];
  if (kept.length > 0)
    throw new CommandError(`${home} is not empty (${kept.slice(0, 3).join(', ')}): name another --home, or move it away.`, EXIT.failed);
  await mkdir(home, { recursive: true, mode: 0o700 });
  const release = await holdHome(home, 'A backup is being restored to this home: try again when it is done.');
  const staging = join(home, STAGING);
  try {
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging, { mode: 0o700 });
    const manifest = await unpackBackup(file, staging, signal, acceptMajor);
    const counts = manifest.postgres === null ? null : await tryDatabase(databaseFolder(staging));
    signal.throwIfAborted();
    for (const name of await readdir(staging)) await rename(join(staging, name), join(home, name));
    return { manifest, counts };
  } finally {
    await rm(staging, { recursive: true, force: true });
    await release();
    if (!before) await rmdir(home).catch(() => undefined); // It is not empty: all went well.
  }
}

async function acceptMajor({ postgres, kiln }: Manifest): Promise<void> {
  if (postgres === null) return;
  const { embeddedMajor } = await import('@kiln/db/backup');
  const major = await embeddedMajor();
  if (postgres === major) return;
  throw new CommandError(
    `The backup is of a PostgreSQL ${postgres}, and this Kiln has ${major}: restore it with Kiln ${kiln}, which made it, and move the database with pg_dump.`,
    EXIT.failed,
  );
}

/** Starts the database once, which mends what was written while it was copied, and brings it to this Kiln's version. */
async function tryDatabase(folder: string): Promise<Restored['counts']> {
  const [{ startEmbedded }, { migrate }, { migrationsOf }, { settleRestored }] = await Promise.all([
    import('@kiln/db/embedded'),
    import('@kiln/db/migrate'),
    import('@kiln/db/health'),
    import('@kiln/db/backup'),
  ]);
  const server = await startEmbedded(folder);
  try {
    const db = await openAt(server.url);
    try {
      if ((await migrationsOf(db)).unknown > 0)
        throw new CommandError(
          'The backup is of a newer Kiln than this one: install that one, or a later one, and try again.',
          EXIT.failed,
        );
      await migrate(db);
      return await settleRestored(db);
    } finally {
      await db.close();
    }
  } finally {
    await server.stop();
  }
}

async function namesIn(directory: string): Promise<string[] | undefined> {
  return readdir(directory).catch((error: unknown) => {
    if (field(error, 'code') === 'ENOENT') return undefined;
    if (field(error, 'code') === 'ENOTDIR') throw new CommandError(`${directory} is a file: name a directory.`, EXIT.failed);
    throw error;
  });
}
