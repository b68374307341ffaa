import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What is at work in a storage for a while has such names, which no listing shows. */
const HIDDEN = /^\.kiln-[a-z]+-[0-9a-f-]{36}$/;
/** In a directory that is an installation's own, with its name in it; no listing shows it. */
export const MARK = '.kiln-installation';
/** Nothing is at work for longer; milliseconds. */
const LONGEST = 24 * 3_600_000;

export function hiddenName(use: string): string {
  return `.kiln-${use}-${crypto.randomUUID()}`;
}

export function isHidden(name: string): boolean {
  return name === MARK || HIDDEN.test(name);
}

/** What programs that were killed left in a directory. */
export async function leftOver(directory: string): Promise<readonly string[]> {
  const paths = (await readdir(directory)).filter((name) => HIDDEN.test(name)).map((name) => join(directory, name));
  const ages = await Promise.all(paths.map((path) => lstat(path).catch(() => null)));
  return paths.filter((_path, i) => Date.now() - (ages[i]?.mtimeMs ?? Date.now()) > LONGEST);
}
