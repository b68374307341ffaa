import { readFile } from 'node:fs/promises';
import { type CloudFile, cloudsIn } from '@kiln/client/clouds-yaml';
import { CommandError } from '../exit.ts';

/** What the file says of the cloud `wanted`, or of its only one. @throws CommandError or KnownError that never repeats a secret */
export async function readCloudsYaml(path: string, wanted: string | undefined): Promise<CloudFile> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw new CommandError(`The file of --clouds-yaml cannot be read: ${error.message}.`);
  });
  const { names, cloud } = cloudsIn(text, path);
  const [only = '', ...others] = names;
  if (wanted === undefined && others.length > 0)
    throw new CommandError(`${path} has several clouds: choose with --cloud among ${[only, ...others].join(', ')}.`);
  return cloud(wanted ?? only);
}
