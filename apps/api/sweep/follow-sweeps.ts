import type { Database } from '@kiln/db/connect';
import type { JobRow } from '@kiln/db/jobs';
import { childrenChangedAfter, type SweepState, sweepsChangedAfter } from '@kiln/db/list-sweeps';
import { BATCH, followChanged } from '../follow-changed.ts';
import type { Hub } from '../hub.ts';

const PACE = 250;

/** Children of a sweep that changed after `after`. */
export function followChildren(db: Database, hub: Hub, sweepId: number, after: number): AsyncIterableIterator<readonly JobRow[]> {
  const load = (from: number) => hub.share(`children ${sweepId} ${from}`, () => childrenChangedAfter(db, sweepId, from, BATCH));
  return followChanged(hub, { topic: `sweep ${sweepId}`, pace: PACE, after, load });
}

/** The owner's sweeps whose children changed after `after`. */
export function followSweeps(db: Database, hub: Hub, ownerId: string, after = hub.seq): AsyncIterableIterator<readonly SweepState[]> {
  const load = (from: number) => hub.share(`sweeps ${ownerId} ${from}`, () => sweepsChangedAfter(db, ownerId, from, BATCH));
  return followChanged(hub, { topic: `sweeps of ${ownerId}`, pace: PACE, after, load });
}
