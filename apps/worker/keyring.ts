import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Database } from '@kiln/db/connect';
import { createSealingKey, type SealingKey, seal, unseal } from '@kiln/db/sealing';
import { publishSealingKey } from '@kiln/db/sealing-key';
import { KnownError } from '@kiln/domain';
import { isNodeError } from '@kiln/platforms/trouble';

/** Opens what is sealed for the workers of this installation. */
export interface Keyring {
  /** Names the installation on other machines: the same for all of its workers, and no other's. */
  readonly installation: string;
  open(sealed: Uint8Array): string;
  seal(text: string): Buffer;
}

/** The workers' half of the sealing key lies in the home, where only its owner can read it; the other half is public. */
export async function openKeyring(db: Database, home: string): Promise<Keyring> {
  const path = join(home, 'sealing-key.json');
  const key = (await read(path)) ?? (await create(path));
  const published = await publishSealingKey(db, key.publicKey);
  if (published !== key.publicKey) {
    const message = `${path} is not the key to which this installation's credentials are sealed; start the worker with the home that it had before.`;
    throw new KnownError('CONFLICT', message);
  }
  return {
    installation: installationName(key.publicKey),
    open: (sealed) => unseal(key.privateKey, sealed),
    seal: (text) => seal(key.publicKey, text),
  };
}

/** What the installation with this public key is called on other machines. */
export function installationName(publicKey: string): string {
  return Buffer.from(publicKey, 'base64').toString('hex').slice(-8);
}

async function read(path: string): Promise<SealingKey | null> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as SealingKey; // `create` alone writes it
  } catch (error) {
    if (isNodeError(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Of workers that start at the same time, the first one's counts. */
async function create(path: string): Promise<SealingKey> {
  await mkdir(dirname(path), { recursive: true });
  const hidden = `${path}.${process.pid}`;
  await writeFile(hidden, JSON.stringify(createSealingKey()), { mode: 0o600 });
  await link(hidden, path).catch((error) => {
    if (!isNodeError(error, 'EEXIST')) throw error;
  });
  await rm(hidden);
  const key = await read(path);
  if (!key) throw new Error(`${path} was removed while it was made.`);
  return key;
}
