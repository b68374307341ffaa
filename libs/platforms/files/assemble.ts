import { constants, copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AssembledFile } from '@kiln/domain';
import { hiddenName } from './hidden.ts';

/** Files of an assembled directory that are made at once. */
const AT_ONCE = 16;

/** Makes `directory` anew under a hidden name and then gives it its own: it is whole or not there. `from` are paths of regular files of this machine. */
export async function assemble(directory: string, files: readonly AssembledFile[]): Promise<void> {
  const hidden = join(dirname(directory), hiddenName('assemble'));
  try {
    await mkdir(hidden, { recursive: true });
    for (let i = 0; i < files.length; i += AT_ONCE) await Promise.all(files.slice(i, i + AT_ONCE).map((file) => make(hidden, file)));
    await rm(directory, { recursive: true, force: true });
    await rename(hidden, directory);
  } finally {
    await rm(hidden, { recursive: true, force: true });
  }
}

async function make(hidden: string, file: AssembledFile): Promise<void> {
  const target = join(hidden, file.to);
  await mkdir(dirname(target), { recursive: true });
  if ('text' in file) await writeFile(target, file.text);
  else await copyFile(file.from, target, constants.COPYFILE_FICLONE);
}
