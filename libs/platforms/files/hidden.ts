import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** What is at work in a storage for a while has such names, which no listing shows. */
const HIDDEN = /^\.kiln-[a-z]+-[0-9a-f-]{36}$/;
/** Nothing is at work for longer; milliseconds. */
const LONGEST = 24 * 3_600_000;

export function hiddenName(use: string): string {
  return `.kiln-${use}-${crypto.randomUUID()}`;
}

export function isHidden(name: string): boolean {
  return HIDDEN.test(name);
}

/** What programs that were killed left in a directory. */
export async function leftOver(directory: string): Promise<readonly string[]> {
  const paths = (await readdir(directory)).filter(isHidden).map((name) => join(directory, name));
  const ages = await Promise.all(paths.map((path) => lstat(path).catch(() => null)));
  return paths.filter((_path, i) => Date.now() - (ages[i]?.mtimeMs ?? Date.now()) > LONGEST);
}
