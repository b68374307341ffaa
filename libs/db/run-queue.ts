import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { PLATFORM_ACTIONS, type PlatformAction } from '@kiln/domain';
import { sql } from 'drizzle-orm';
import { Logger, run, type TaskList, type WorkerEvents } from 'graphile-worker';
import { z } from 'zod';
import type { Database } from './connect.ts';
import { ADVANCE, ANSWER, CHECK } from './queue.ts';

export interface QueueHandlers {
  /** Advances a job. The signal aborts when this worker is to stop at once. */
  advance(jobId: number, signal: AbortSignal): Promise<void>;
  /** Looks at a platform; one worker at a time does. The signal as above. */
  check(platform: string, action: PlatformAction, signal: AbortSignal): Promise<void>;
  answer(askId: string): Promise<void>;
  /** Something of the queue's own that a person who runs workers should know. */
  report(level: 'error' | 'warning' | 'info' | 'debug', message: string): void;
}

export interface RunningQueue {
  /** Under this the queue locks what this worker does now. */
  id(): string;
  /** Gives back messages that were given to this worker more than `age` milliseconds ago and never arrived: the connection broke. */
  returnUnknown(age: number): Promise<void>;
  /** Takes no more work, and resolves when what was begun is done or aborted. */
  stop(): Promise<void>;
}

const advancePayload = z.object({ jobId: z.number().int() });
const checkPayload = z.object({ platform: z.string(), action: z.enum(PLATFORM_ACTIONS) });
const answerPayload = z.object({ askId: z.uuid() });

/** Milliseconds before a pool that failed is followed by another. */
const REOPEN_PAUSE = 1000;
/** Milliseconds that the work of a pool that ends may take. */
const GRACE = 3000;
/**
 * Milliseconds after which a pool that ends is given up: of several messages whose ends could not be noted while the database was away,
 * the library counts one too few, and waits for it for ever. What the pool had locked is taken over as from the dead.
 */
const LONGEST_END = 5000;

/** Questions handled at once besides the jobs: somebody waits for each. */
const ANSWERS = 4;

/**
 * Takes messages from the queue: jobs and platforms, `concurrency` at a time, and questions beside them, so that long steps keep nobody
 * waiting. `db` must have more connections than both together.
 */
export async function runQueue(db: Database, concurrency: number, handlers: QueueHandlers): Promise<RunningQueue> {
  const hands = createHands();
  const jobs = await serve(db, concurrency, handlers.report, {
    [ADVANCE]: (payload, { abortSignal, job }) => hands.hold(job.id, handlers.advance(advancePayload.parse(payload).jobId, abortSignal)),
    [CHECK]: (payload, { abortSignal, job }) => {
      const { platform, action } = checkPayload.parse(payload);
      return hands.hold(job.id, handlers.check(platform, action, abortSignal));
    },
  });
  const answers = await serve(db, ANSWERS, handlers.report, {
    [ANSWER]: (payload) => handlers.answer(answerPayload.parse(payload).askId),
  });
  return {
    id: jobs.id,
    async returnUnknown(age) {
      const given = await lockedBy(db, jobs.id(), age);
      if (given.some((id) => !hands.know(id, age))) jobs.renew();
    },
    async stop() {
      await Promise.all([jobs.stop(), answers.stop()]);
    },
  };
}

/** The messages that this process works on, and those that it was done with of late: the queue may not know of that yet. */
function createHands() {
  const held = new Set<string>();
  const done = new Map<string, number>();
  return {
    async hold(id: string, work: Promise<void>): Promise<void> {
      held.add(id);
      await work.finally(() => {
        held.delete(id);
        done.set(id, performance.now());
      });
    },
    know(id: string, age: number): boolean {
      for (const [other, at] of done) if (at < performance.now() - age) done.delete(other);
      return held.has(id) || done.has(id);
    },
  };
}

/** Messages that a pool has had for more than `age` milliseconds. */
async function lockedBy(db: Database, pool: string, age: number): Promise<readonly string[]> {
  const { rows } = await db.orm.execute<{ id: string }>(sql`
    select id::text from graphile_worker.jobs where locked_by = ${pool} and locked_at < now() - ${age} * interval '1 millisecond'`);
  return rows.map(({ id }) => id);
}

interface Served {
  /** The pool of the moment. */
  id(): string;
  /** Ends the pool, as if this worker had died, and goes on with another: what was locked for the old one is taken over. */
  renew(): void;
  stop(): Promise<void>;
}

/** Serves the queue until stopped. A pool that fails, as when the database goes away, is followed by another. */
async function serve(db: Database, concurrency: number, report: QueueHandlers['report'], taskList: TaskList): Promise<Served> {
  let stopped = false;
  let pool = await openPool(db, concurrency, report, taskList);
  let renewed: typeof pool | null = null;
  const serving = (async () => {
    while (!stopped) {
      await pool.ended.catch((error) => report('error', `The queue failed and is taken up again: ${String(error)}`));
      if (stopped) return;
      await sleep(REOPEN_PAUSE);
      pool = await openPool(db, concurrency, report, taskList).catch((error) => {
        report('error', `The queue cannot be taken up again yet: ${String(error)}`);
        return { ...pool, ended: Promise.resolve() };
      });
    }
  })();
  return {
    id: () => pool.id,
    renew() {
      if (renewed === pool) return;
      renewed = pool;
      report('warning', 'The queue has given this worker messages that never arrived; it is taken up again.');
      void pool.stop();
    },
    async stop() {
      stopped = true;
      const last = pool;
      await last.stop();
      await serving;
      if (pool.id !== last.id) await pool.stop(); // it was just being taken up again
    },
  };
}

async function openPool(db: Database, concurrency: number, report: QueueHandlers['report'], taskList: TaskList) {
  const events: WorkerEvents = new EventEmitter();
  const id = new Promise<string>((resolve) => events.once('pool:create', ({ workerPool }) => resolve(workerPool.id)));
  const runner = await run({
    pgPool: db.pool,
    concurrency,
    noHandleSignals: true,
    pollInterval: 1000,
    gracefulShutdownAbortTimeout: GRACE,
    events,
    // What it has to say of each message is no news for people.
    logger: new Logger(() => (level, message) => report(level === 'info' ? 'debug' : level, message)),
    parsedCronItems: [],
    taskList,
    // In batches, because only then the library hears of it when the database is away at the end of a message.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  });
  const givenUp = new Promise<void>((resolve) => events.once('pool:gracefulShutdown', () => setTimeout(resolve, LONGEST_END)));
  const ended = Promise.race([runner.promise, givenUp]);
  // A pool that has failed already has nothing left to be stopped.
  const stopping = () => runner.stop().catch((error) => report('warning', `The queue did not stop in order: ${String(error)}`));
  const stop = async () => void (await Promise.race([stopping(), givenUp]));
  return { id: await id, ended, stop };
}

/** Which of these jobs have not ended. */
export async function liveJobs(db: Database, ids: readonly number[]): Promise<ReadonlySet<number>> {
  const { rows } = await db.orm.execute<{ id: number }>(sql`
    select id from jobs where status in ('active', 'blocked') and id in (select value::int from json_array_elements_text(${JSON.stringify(ids)}::json))`);
  return new Set(rows.map(({ id }) => id));
}
