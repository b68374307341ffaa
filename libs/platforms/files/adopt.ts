import { link, lstat, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Moves `directories` and links `files` from one directory to the same relative paths below another; what is not there has
 * been moved already. Resolves with whether all went: not to another file system, nor where results of an earlier attempt are.
 */
export async function adopt(from: string, to: string, directories: readonly string[], files: readonly string[]): Promise<boolean> {
  try {
    const parents = new Set([...directories, ...files].map((path) => dirname(join(to, path))));
    for (const parent of parents) await mkdir(parent, { recursive: true });
    await Promise.all(directories.map((path) => move(join(from, path), join(to, path))));
    await Promise.all(files.map((path) => keep(join(from, path), join(to, path))));
    return true;
  } catch {
    return false; // Copying the rest says what is wrong, if anything is.
  }
}

async function move(from: string, to: string): Promise<void> {
  await rename(from, to).catch(async (error) => {
    if (await lstat(from).catch(() => null)) throw error;
  });
}

/** A log stays where it is, too: until its task is known to be home it is read there. An empty one is not needed. */
async function keep(from: string, to: string): Promise<void> {
  const found = await lstat(from).catch(() => null);
  if (!found?.isFile() || found.size === 0) return;
  await rm(to, { force: true });
  await link(from, to);
}
