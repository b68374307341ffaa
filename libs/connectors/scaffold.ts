import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KnownError } from '@kiln/domain';
import { MAIN } from './layout.ts';
import { MANIFEST } from './manifest.ts';
import { connectorNameProblem } from './names.ts';

/**
 * Makes the folder of a new connector below `directory`, and tells its path.
 * @throws KnownError BAD_INPUT for a bad name, CONFLICT if there is such a folder
 */
export async function newConnector(directory: string, name: string): Promise<string> {
  const wrong = connectorNameProblem(name);
  if (wrong) throw new KnownError('BAD_INPUT', wrong);
  const folder = join(directory, name);
  await mkdir(directory, { recursive: true });
  await makeFolder(folder);
  await mkdir(dirname(join(folder, MAIN)));
  await writeFile(join(folder, MAIN), SCRIPT, { mode: 0o755, flag: 'wx' });
  await writeFile(join(folder, MANIFEST), manifest(name), { flag: 'wx' }); // last: until then the folder is no connector
  return folder;
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    throw new KnownError('CONFLICT', `There is a folder ${folder} already; choose another name or remove it.`, { cause: error });
  }
}

function manifest(name: string): string {
  return `title: ${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('-', ' ')}
description: Greets somebody, and writes the greeting to a file.

# unix: one machine that is there. cloud: machines that are created for the job. Or both: [unix, cloud].
runsOn: unix

# Tasks that fail are tried again; the form asks how often. Take the first sign away to have that.
# reliability: true

# Fields of the form. main.sh sees each as an environment variable of that name.
parameters:
  greeting:
    title: Greeting
    help: What to say.
    default: Hello

# One task for each value; several lists give every combination.
sweep:
  who: [world, Kiln]
`;
}

const SCRIPT = `#!/bin/sh
# usage: main.sh INPUT_DIRECTORY OUTPUT_DIRECTORY
# Parameters and swept values are environment variables, and are in "$1/values.json" too. What is written to "$2" is kept.
set -e
echo "$greeting, $who!"
echo "$greeting, $who!" >"$2/greeting.txt"
`;
