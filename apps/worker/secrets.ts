import type { Database } from '@kiln/db/connect';
import { loadPlatformSecrets, type PlatformSecrets } from '@kiln/db/platform-checks';
import { KnownError } from '@kiln/domain';
import { fromDatabase } from './from-database.ts';
import type { Keyring } from './keyring.ts';

/** What a platform is opened with. `credential` is JSON. @throws KnownError LOGIN_REFUSED if there is nothing */
export async function openSecrets(
  db: Database,
  keyring: Keyring,
  name: string,
): Promise<{ readonly credential: string; readonly hostKeys: PlatformSecrets['hostKeys'] }> {
  const secrets = await fromDatabase(() => loadPlatformSecrets(db, name));
  if (!secrets) {
    const message = `${name} is not registered any more; what lies there is still there, for those who have a key of their own.`;
    throw new KnownError('LOGIN_REFUSED', message, { retryable: true });
  }
  if (!secrets.credential) {
    throw new KnownError('LOGIN_REFUSED', `Kiln has no key for ${name}; register one on its page.`, { retryable: true });
  }
  return { credential: keyring.open(secrets.credential), hostKeys: secrets.hostKeys };
}
