import type { Caller } from '@kiln/db/accounts';
import type { Database } from '@kiln/db/connect';
import type { PlatformRow } from '@kiln/db/platforms';
import { holdsFiles, KnownError } from '@kiln/domain';
import { usablePlatform } from '../platform/own-platform.ts';

interface Asking {
  readonly db: Database;
  readonly caller: Caller;
}

/**
 * A storage in whose files the caller may look: one of their own. On what comes with the installation the results of everybody lie, so
 * that is for administrators.
 * @throws KnownError NOT_FOUND, also for somebody else's, FORBIDDEN, or BAD_INPUT if nothing is kept there
 */
export async function ownStorage(asking: Asking, name: string): Promise<PlatformRow> {
  const platform = await usablePlatform(asking, name);
  if (!holdsFiles(platform)) throw new KnownError('BAD_INPUT', `'${name}' keeps no files: its machines are made for a job and go with it.`);
  if (platform.ownerId !== null || asking.caller.user.administrator) return platform;
  throw new KnownError(
    'FORBIDDEN',
    `Results of everybody lie in '${name}', so only administrators look there: open a job to see its files.`,
  );
}
