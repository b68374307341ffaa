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

/** Whether a program that was killed left it; milliseconds since 1970. */
export function isLeftOver(name: string, modifiedAt: number): boolean {
  return HIDDEN.test(name) && Date.now() - modifiedAt > LONGEST;
}

/** What programs that were killed left in a directory. */
export async function leftOver(directory: string): Promise<readonly string[]> {
  const names = (await readdir(directory)).filter((name) => HIDDEN.test(name));
  const found = await Promise.all(names.map((name) => lstat(join(directory, name)).catch(() => null)));
  return names.filter((name, i) => isLeftOver(name, found[i]?.mtimeMs ?? Date.now())).map((name) => join(directory, name));
}
