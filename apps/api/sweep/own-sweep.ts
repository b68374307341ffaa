import type { Caller } from '@kiln/db/accounts';
import type { Database } from '@kiln/db/connect';
import { findSweep, type SweepState } from '@kiln/db/list-sweeps';
import { KnownError } from '@kiln/domain';

interface Asking {
  readonly db: Database;
  readonly caller: Caller;
}

/** The caller's sweep; null if there is none or it is somebody else's. */
export async function seenSweep({ db, caller }: Asking, id: string): Promise<SweepState | null> {
  return /^[1-9]\d{0,9}$/.test(id) ? findSweep(db, caller.user.id, Number(id)) : null;
}

/** @throws KnownError NOT_FOUND, also for somebody else's sweep: nobody learns what others have. */
export async function ownSweep(asking: Asking, id: string): Promise<SweepState> {
  const sweep = await seenSweep(asking, id);
  if (!sweep) throw new KnownError('NOT_FOUND', `You have no sweep ${id.slice(0, 20)}.`);
  return sweep;
}
