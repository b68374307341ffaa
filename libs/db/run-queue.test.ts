import { testDatabase } from '@kiln/testing/database';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Database } from './connect.ts';
import { enqueueAdvance } from './queue.ts';
import { type RunningQueue, runQueue } from './run-queue.ts';
import { beat, takeOverFromTheDead } from './workers.ts';

const DEADLINE = 300;

let db: Database;
beforeAll(async () => {
  db = await testDatabase({ max: 12 });
});
afterAll(() => db.close());

/** A worker's queue; each message that it gets is over when it is let go. */
async function worker(): Promise<{ queue: RunningQueue; begun: number[]; letGo: () => void; alive: () => Promise<void> }> {
  const begun: number[] = [];
  const waiting: (() => void)[] = [];
  const queue = await runQueue(db, 1, {
    advance: (jobId) => {
      begun.push(jobId);
      return new Promise((resolve) => waiting.push(resolve));
    },
    check: async () => {},
    answer: async () => {},
    report: () => {},
  });
  return {
    queue,
    begun,
    letGo: () => waiting.shift()?.(),
    alive: () => beat(db, { id: queue.id(), host: 'here', pid: 1 }),
  };
}

async function count(what: string): Promise<number> {
  return (await db.pool.query(`select from graphile_worker.${what}`)).rowCount ?? 0;
}

test('a worker that was given up and ends its message after all does not keep the next message of the job from others', async () => {
  const first = await worker();
  await enqueueAdvance(db.orm, 7);
  await vi.waitFor(() => expect(first.begun).toEqual([7]), 20_000);

  const second = await worker();
  await vi.waitFor(async () => {
    await second.alive(); // and the first one is silent
    expect(await takeOverFromTheDead(db, DEADLINE)).toBe(1);
  }, 20_000);
  await vi.waitFor(() => expect(second.begun).toEqual([7]), 20_000);
  first.letGo();
  await vi.waitFor(async () => expect(await count('jobs')).toBe(0), 20_000);
  second.letGo();
  await first.queue.stop();

  await enqueueAdvance(db.orm, 7);
  await vi.waitFor(async () => {
    await second.alive();
    await takeOverFromTheDead(db, DEADLINE);
    expect(second.begun).toEqual([7, 7]);
  }, 20_000);
  second.letGo();
  await second.queue.stop();
  expect(await count('_private_job_queues where locked_by is not null')).toBe(0);
});
