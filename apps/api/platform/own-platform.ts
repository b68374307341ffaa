import type { Caller } from '@kiln/db/accounts';
import type { Database } from '@kiln/db/connect';
import { findPlatform, type PlatformRow } from '@kiln/db/platforms';
import { KnownError } from '@kiln/domain';

interface Asking {
  readonly db: Database;
  readonly caller: Caller;
}

/** The platform, if it is everybody's or the caller's; an administrator sees all. */
export async function seenPlatform({ db, caller }: Asking, name: string): Promise<PlatformRow | null> {
  const platform = await findPlatform(db, name);
  if (!platform) return null;
  return platform.ownerId === null || mayChange(caller, platform) ? platform : null;
}

/** @throws KnownError NOT_FOUND, also for somebody else's platform: nobody learns what others have */
export async function usablePlatform(asking: Asking, name: string): Promise<PlatformRow> {
  const platform = await seenPlatform(asking, name);
  if (!platform) throw new KnownError('NOT_FOUND', `You have no platform '${name.slice(0, 60)}'.`);
  return platform;
}

/** One that the caller may change. @throws KnownError NOT_FOUND, or FORBIDDEN for those that every installation has */
export async function ownPlatform(asking: Asking, name: string): Promise<PlatformRow> {
  const platform = await usablePlatform(asking, name);
  if (platform.ownerId === null) {
    throw new KnownError('FORBIDDEN', `'${name}' comes with every installation of Kiln; there is nothing to check or to change.`);
  }
  return platform;
}

function mayChange({ user }: Caller, { ownerId }: PlatformRow): boolean {
  return ownerId === user.id || user.administrator;
}
