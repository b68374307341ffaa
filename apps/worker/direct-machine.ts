import { join } from 'node:path';
import type { Database } from '@kiln/db/connect';
import { type Connection, KnownError, type Platform } from '@kiln/domain';
import type { DirectMachine } from '@kiln/platforms/direct/machine';
import type { Keyring } from './keyring.ts';
import { openSecrets } from './secrets.ts';

/** What copies need of a platform that do not pass through the worker; null of one to which nobody logs in. */
export function machineOf(
  db: Database,
  keyring: Keyring,
  { name, connection, facts }: Platform,
  shell: DirectMachine['shell'],
): DirectMachine | null {
  if (!connection || !facts) return null;
  const hostKey = () => hostKeyOf(db, keyring, name, connection);
  return { name, connection, root: join(facts.root, keyring.installation), shell, hostKey };
}

async function hostKeyOf(db: Database, keyring: Keyring, name: string, { host, port }: Connection): ReturnType<DirectMachine['hostKey']> {
  const { hostKeys } = await openSecrets(db, keyring, name);
  const key = hostKeys.find(({ address }) => address === `${host}:${port}`);
  if (key) return key;
  throw new KnownError('PLATFORM_UNAVAILABLE', `${name} has not shown its host key yet; check it again.`, { retryable: true });
}
