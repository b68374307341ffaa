import { randomBytes } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { addressFile, readAddress } from '@kiln/client/address';
import { Kiln, KilnError } from '@kiln/client/kiln';

/** Leaves address and token for the command line and scripts on this machine, readable by this user only. A token that still works is kept. */
export async function writeAddressFile(home: string, url: string, makeToken: () => Promise<string>): Promise<void> {
  const token = (await workingToken(home, url)) ?? (await makeToken());
  await mkdir(home, { recursive: true, mode: 0o700 });
  const aside = `${addressFile(home)}.${randomBytes(4).toString('hex')}`;
  await writeFile(aside, `${JSON.stringify({ url, token }, null, 2)}\n`, { mode: 0o600 });
  await rename(aside, addressFile(home));
}

async function workingToken(home: string, url: string): Promise<string | undefined> {
  try {
    const token = readAddress(home)?.token;
    if (token === undefined) return undefined;
    await new Kiln({ url, token }).viewer();
    return token;
  } catch (error) {
    // Damaged, or of an installation that is gone: a new one takes its place.
    if (error instanceof KilnError && error.code === 'NOT_SIGNED_IN') return undefined;
    throw error;
  }
}
