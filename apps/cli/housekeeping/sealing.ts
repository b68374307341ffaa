import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { field } from '../start/field.ts';

/** The public half of the home's sealing key; null if the home has none, undefined if it cannot be read. */
export async function publicKeyOf(home: string): Promise<string | null | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(home, 'sealing-key.json'), 'utf8'));
    const key = field(value, 'publicKey');
    return typeof key === 'string' && typeof field(value, 'privateKey') === 'string' ? key : undefined;
  } catch (error) {
    return field(error, 'code') === 'ENOENT' ? null : undefined;
  }
}

/** Names the installation on other machines, as its workers do. */
export async function installationOf(home: string): Promise<string | null> {
  const { installationName } = await import('@kiln/worker/keyring');
  const key = await publicKeyOf(home);
  return key ? installationName(key) : null;
}
