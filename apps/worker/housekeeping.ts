import type { Database } from '@kiln/db/connect';
import { forgetOldEvents, isEldest } from '@kiln/db/retention';
import type { Logger } from 'pino';
import { findOrphans, REMOVAL_LIMIT, removeOrphan } from './orphans.ts';
import type { Roots } from './roots.ts';
import { createRounds, type Rounds } from './rounds.ts';

/** How long what is not needed any more is kept; milliseconds, null is for ever. */
export interface Retention {
  /** Events of tasks and notes, from the end of their job on. */
  readonly events: number | null;
  /** What ended jobs have left on platforms, from the moment on when something last happened there. */
  readonly scratch: number | null;
}

const DAY = 24 * 60 * 60 * 1000;
export const DEFAULT_RETENTION: Retention = { events: null, scratch: 7 * DAY };

const HOUR = 60 * 60 * 1000;

export interface HousekeepingOptions {
  readonly db: Database;
  readonly places: Roots;
  readonly retention: Retention;
  /** Of this worker at the moment: of several, one keeps house. */
  readonly workerId: () => string;
  readonly log: Logger;
  /** Milliseconds between two rounds, and before the first. */
  readonly period?: number;
}

/** Removes what is old about once an hour. */
export function createHousekeeping({ db, places, retention, workerId, log, period = HOUR }: HousekeepingOptions): Rounds {
  async function round(signal: AbortSignal): Promise<void> {
    if (!(await isEldest(db, workerId()))) return;
    const { events, scratch } = retention;
    if (events !== null) {
      const removed = await forgetOldEvents(db, events, signal);
      if (removed > 0) log.info({ removed }, 'old events removed');
    }
    if (scratch !== null) await removeOld(Date.now() - scratch, signal);
  }

  /** What a removal cannot do now, one in an hour may. */
  async function removeOld(before: number, signal: AbortSignal): Promise<void> {
    const { orphans } = await findOrphans(db, places, signal);
    for (const orphan of orphans) {
      if (orphan.endedAt === null || Math.max(Date.parse(orphan.endedAt), Date.parse(orphan.modifiedAt)) > before) continue;
      signal.throwIfAborted();
      await removeOrphan(db, places, orphan, AbortSignal.any([signal, AbortSignal.timeout(REMOVAL_LIMIT)])).then(
        () => log.info({ orphan }, 'what an ended job left was removed'),
        (error: unknown) => log.warn({ err: error, orphan }, 'what an ended job left could not be removed'),
      );
    }
  }

  return createRounds({ round, period, first: period, log, failed: 'housekeeping failed; it is tried again later' });
}
