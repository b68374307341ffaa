import { admitForgotten } from '@kiln/db/admit-children';
import { forgetOldAsks } from '@kiln/db/asks';
import type { Database } from '@kiln/db/connect';
import { requeueForgotten } from '@kiln/db/queue';
import { liveJobs, type RunningQueue } from '@kiln/db/run-queue';
import { type Beat, beat, takeOverFromTheDead } from '@kiln/db/workers';
import type { Hints } from './hints.ts';

export interface Upkeep {
  close(): Promise<void>;
}

/** How often a worker says that it lives, and how long it may be silent before others take its work over; milliseconds. */
export interface Heartbeat {
  readonly period: number;
  readonly deadline: number;
}

/** Beats, takes over from workers that died, and looks after what was forgotten. */
export function startUpkeep(
  db: Database,
  self: () => Beat,
  { period, deadline }: Heartbeat,
  queue: Pick<RunningQueue, 'returnUnknown'>,
  hints: Hints,
  background: readonly { tick(): void }[],
  report: (error: unknown) => void,
): Upkeep {
  let rounds = 0;
  let closed = false;
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = running.then(() => (closed ? undefined : round().catch(report)));
  }, period);

  async function round(): Promise<void> {
    await beat(db, self());
    await takeOverFromTheDead(db, deadline);
    await queue.returnUnknown(deadline);
    rounds += 1;
    if (rounds % 15 !== 1) return;
    await requeueForgotten(db.orm);
    await admitForgotten(db);
    await forgetOldAsks(db);
    await dropEnded(db, hints);
    for (const work of background) work.tick();
  }

  return {
    async close() {
      closed = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** Jobs whose last step another worker did. */
async function dropEnded(db: Database, hints: Hints): Promise<void> {
  const live = await liveJobs(db, hints.jobs());
  for (const jobId of hints.jobs()) if (!live.has(jobId)) hints.drop(jobId);
}
