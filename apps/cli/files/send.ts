import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Kiln } from '@kiln/client/kiln';
import { CommandError } from '../exit.ts';
import { isFolder, type Place } from './place.ts';
import type { Tally } from './tally.ts';

type InStorage = Extract<Place, { in: 'storage' }>;

/** Brings a file or, with `recursive`, a folder of this machine to a storage, as `cp` does. `into`: the target is meant to be a folder. */
export async function send(kiln: Kiln, source: string, target: InStorage, into: boolean, recursive: boolean, tally: Tally): Promise<void> {
  const found = await stat(source).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(error.code === 'ENOENT' ? `There is no file ${source} on this machine.` : `${source}: ${error.message}.`);
  });
  if (!found.isFile() && !found.isDirectory()) throw new CommandError(`${source} is neither a file nor a folder.`);
  if (found.isDirectory() && !recursive) throw new CommandError(`${source} is a folder: copy it with \`kiln cp -r\`.`);
  const name = basename(resolve(source));
  const inFolder = into || (await isFolder(kiln, target));
  const path = inFolder ? [target.path, name].filter((part) => part !== '').join('/') : target.path;
  if (found.isFile()) {
    const progress = (bytes: number, size: number) => tally.under(source, bytes, size);
    const { size, sent } = await kiln.files.upload(source, target.name, path, { progress });
    return tally.done(`${target.name}:${path}`, size, sent);
  }
  const progress = (bytes: number, size: number) => tally.under(path, bytes, size);
  for await (const { path: at, size, sent } of kiln.files.uploadTree(source, target.name, path, { progress }))
    tally.done(`${target.name}:${at}`, size, sent);
}
