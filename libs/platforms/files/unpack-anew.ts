import { chmod, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Tally } from '../tally.ts';
import { isNodeError } from '../trouble.ts';
import { hiddenName } from './hidden.ts';
import type { Programs } from './programs.ts';
import { type Swap, swap } from './swap.ts';

/** Directories that are replaced at once. */
const AT_ONCE = 500;

/**
 * Unpacks an archive over what is `below` `home`, and each of the directories `anew` in place of what was there. Nothing there changes
 * before the whole archive has been unpacked as it was sent, beside it and hidden.
 */
export async function unpackAnew(
  programs: Programs,
  home: string,
  archive: AsyncIterable<Uint8Array>,
  anew: readonly string[],
  what: string,
  below: string,
): Promise<void> {
  const hidden = join(home, hiddenName('unpack'));
  const [fresh, old] = [join(hidden, 'fresh'), join(hidden, 'old')];
  try {
    for (const directory of [join(fresh, below), old]) await mkdir(directory, { recursive: true });
    const tally = new Tally();
    await programs.unpack(join(fresh, below), tally.over(archive), what);
    tally.compare(await programs.tally(fresh, what), what);
    for (let i = 0; i < anew.length; i += AT_ONCE) {
      const some = anew.slice(i, i + AT_ONCE).map((path, n) => replace(fresh, home, path, join(old, String(i + n))));
      const replaced = (await Promise.all(some)).filter((one) => one !== null);
      await swap(programs, replaced, what);
      await Promise.all(replaced.map(({ target, mode }) => chmod(target, mode)));
    }
    await merge(fresh, home);
  } finally {
    await programs.remove(hidden).catch(() => undefined); // nobody sees it, and the next `open` tries again
  }
}

/** Makes a directory ready to take the place of what is at home; without one, what is at home goes. */
async function replace(fresh: string, home: string, path: string, old: string): Promise<(Swap & { readonly mode: number }) | null> {
  const [source, target] = [join(fresh, path), join(home, path)];
  if (!(await isDirectory(fresh, path))) {
    if (await isDirectory(home, dirname(path))) await move(target, old);
    return null;
  }
  await makeDirectories(home, dirname(path));
  const mode = await opened(source);
  await opened(target);
  return { fresh: source, target, old, mode };
}

/** A directory that even its owner may not write cannot be renamed; resolves with the mode that it had. */
async function opened(path: string): Promise<number> {
  const found = await lstat(path).catch(absent);
  const mode = (found?.mode ?? 0) & 0o7777;
  if (found?.isDirectory() && (mode & 0o700) !== 0o700) await chmod(path, mode | 0o700);
  return mode;
}

/** Moves what is in one directory to another; a symbolic link is never followed. */
async function merge(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory() && (await isDirectory(to, entry.name))) await merge(source, target);
    else {
      if (entry.isDirectory()) await rm(target, { force: true });
      await move(source, target);
    }
  }
}

/** Resolves with whether there was anything. A directory without permission to write is moved all the same. */
async function move(from: string, to: string): Promise<boolean> {
  const found = await lstat(from).catch(absent);
  if (!found) return false;
  await rename(from, to).catch(async (error) => {
    if (!found.isDirectory() || !isNodeError(error, 'EACCES', 'EPERM')) throw error;
    await chmod(from, (found.mode & 0o7777) | 0o700);
    await rename(from, to);
    await chmod(to, found.mode & 0o7777);
  });
  return true;
}

/** Whether each name on the way from `base` is that of a directory, none of a link. */
async function isDirectory(base: string, path: string): Promise<boolean> {
  let at = base;
  for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
    at = join(at, name);
    if (!(await lstat(at).catch(absent))?.isDirectory()) return false;
  }
  return true;
}

/** @throws Error with ENOTDIR if a file or a link stands on the way */
async function makeDirectories(base: string, path: string): Promise<void> {
  await mkdir(join(base, path), { recursive: true });
  if (!(await isDirectory(base, path))) throw new Error(`ENOTDIR: ${path}`);
}

function absent(error: unknown): null {
  if (isNodeError(error, 'ENOENT', 'ENOTDIR')) return null;
  throw error;
}
