import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { hiddenName } from './hidden.ts';
import type { Programs } from './programs.ts';
import { swap } from './swap.ts';

/**
 * Copies a directory in place of what was there, which goes only when the copy, beside it and hidden, is whole: whoever is killed
 * meanwhile, and may do this late and once too often, has taken nothing away.
 */
export async function copyAnew(programs: Programs, from: string, to: string, what: string): Promise<void> {
  const hidden = join(dirname(to), hiddenName('copy'));
  try {
    await mkdir(hidden, { recursive: true });
    const fresh = await copyTo(programs, from, hidden, what);
    await swap(programs, [{ fresh, target: to, old: join(hidden, 'old') }], what);
  } finally {
    await programs.remove(hidden).catch(() => undefined); // nobody sees it, and the next `open` tries again
  }
}

/** Hard links where the file system has them: a copy costs no room. */
async function copyTo(programs: Programs, from: string, hidden: string, what: string): Promise<string> {
  const [linked, copied] = [join(hidden, 'linked'), join(hidden, 'copied')];
  const links = await programs.run(['cp', '-al', from, linked], what).then(
    () => true,
    () => false,
  );
  if (!links) await programs.run(['cp', '-R', from, copied], what);
  return links ? linked : copied;
}
