import type { Programs } from './programs.ts';

/** A directory that takes the place of another, which goes to `old`; all three lie in one file system. */
export interface Swap {
  readonly fresh: string;
  readonly target: string;
  readonly old: string;
}

/**
 * Two renames make a swap, and between them there is nothing: whoever is killed there has taken results away, and may be late, so that
 * nobody brings them again. So they are made by a process of their own, which goes on when this one is killed.
 */
const RENAMES = `
const { readFileSync, renameSync } = require('node:fs');
for (const { fresh, target, old } of JSON.parse(readFileSync(0, 'utf8'))) {
  try {
    renameSync(target, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  renameSync(fresh, target);
}`;

export async function swap(programs: Programs, swaps: readonly Swap[], what: string): Promise<void> {
  if (swaps.length > 0) await programs.run([process.execPath, '-e', RENAMES], what, once(JSON.stringify(swaps)));
}

async function* once(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}
