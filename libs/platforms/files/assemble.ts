import { constants, copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AssembledFile } from '@kiln/domain';
import { isNodeError } from '../trouble.ts';
import { hiddenName } from './hidden.ts';
import type { Programs } from './programs.ts';
import { swap } from './swap.ts';

/** Files of an assembled directory that are made at once. */
const AT_ONCE = 16;

/**
 * Makes `directory` under a hidden name and then gives it its own: it is whole or not there. What was there goes only then: whoever is
 * killed meanwhile, and may do this late and once too often, has taken nothing away. `from` are paths of regular files of this machine.
 */
export async function assemble(programs: Programs, directory: string, files: readonly AssembledFile[], what: string): Promise<void> {
  const hidden = join(dirname(directory), hiddenName('assemble'));
  const [fresh, old] = [join(hidden, 'fresh'), join(hidden, 'old')];
  try {
    await mkdir(fresh, { recursive: true });
    for (let i = 0; i < files.length; i += AT_ONCE) await Promise.all(files.slice(i, i + AT_ONCE).map((file) => make(fresh, file)));
    await rename(fresh, directory).catch((error) => {
      if (!isNodeError(error, 'ENOTEMPTY', 'EEXIST')) throw error;
      return swap(programs, [{ fresh, target: directory, old }], what);
    });
  } finally {
    await rm(hidden, { recursive: true, force: true }).catch(() => undefined); // nobody sees it, and the next `open` tries again
  }
}

async function make(hidden: string, file: AssembledFile): Promise<void> {
  const target = join(hidden, file.to);
  await mkdir(dirname(target), { recursive: true });
  if ('text' in file) await writeFile(target, file.text);
  else await copyFile(file.from, target, constants.COPYFILE_FICLONE);
}
