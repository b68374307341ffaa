import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CommandError } from '../exit.ts';

interface Places {
  readonly installation: string;
  readonly home: string;
  readonly payloads: readonly string[];
}

/** Where connectors are looked for: those of the installation, the user's own, and more. */
export function payloadFolders({ installation, home, payloads }: Places): string[] {
  return [join(installation, 'payloads'), join(home, 'payloads'), ...payloads.map((folder) => resolve(folder))];
}

/** Folders that were named on the command line are there, or were mistyped. */
export async function requireFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const found = await stat(folder).catch(() => undefined); // not there, or not readable: the sentence below says so
    if (!found?.isDirectory())
      throw new CommandError(`${folder} is not a folder that can be read: --payloads takes one that holds connectors.`);
  }
}
