import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { safeName } from '@kiln/client/files';
import type { Kiln } from '@kiln/client/kiln';
import { CommandError } from '../exit.ts';
import { fileOf, inWords, isFolder, nameOf, type RemotePlace } from './place.ts';
import type { Tally } from './tally.ts';

/** Brings a file or, with `recursive`, a folder to this machine, as `cp` does. */
export async function bring(kiln: Kiln, source: RemotePlace, target: string, recursive: boolean, tally: Tally): Promise<void> {
  const folder = (await isFolderHere(target)) || target.endsWith('/');
  const file = await fileOf(kiln, source);
  if (file) {
    const [directory, name] = folder ? [target, file.name] : [dirname(target), basename(target)];
    return take(kiln, source, directory, { path: source.path, name }, tally);
  }
  if (!(await isFolder(kiln, source))) throw new CommandError(`There is no file ${inWords(source)}: \`kiln ls\` tells what there is.`);
  if (!recursive) throw new CommandError(`${inWords(source)} is a folder: copy it with \`kiln cp -r\`.`);
  const directory = folder ? join(target, safeName(await nameOf(kiln, source))) : target;
  await take(kiln, source, directory, { path: source.path }, tally);
}

async function take(kiln: Kiln, source: RemotePlace, directory: string, options: { path: string; name?: string }, tally: Tally) {
  const files = source.in === 'job' ? kiln.download(source.id, directory, options) : kiln.files.download(source.name, directory, options);
  for await (const { file, size, fetched } of files) tally.done(file, size, fetched);
}

async function isFolderHere(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new CommandError(`${path} cannot be looked at: ${error.message}.`);
  });
  return found?.isDirectory() ?? false;
}
