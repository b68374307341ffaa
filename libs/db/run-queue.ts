import { EventEmitter } from 'node:events';
import { sql } from 'drizzle-orm';
import { Logger, run, type WorkerEvents } from 'graphile-worker';
import { z } from 'zod';
import type { Database } from './connect.ts';
import { ADVANCE, ANSWER } from './queue.ts';

export interface QueueHandlers {
  /** Advances a job. The signal aborts when this worker is to stop at once. */
  advance(jobId: number, signal: AbortSignal): Promise<void>;
  answer(askId: string): Promise<void>;
  /** Something of the queue's own that a person who runs workers should know. */
  report(level: 'error' | 'warning' | 'info' | 'debug', message: string): void;
}

export interface RunningQueue {
  /** Under this the queue locks what this worker does. */
  readonly id: string;
  /** Takes no more work, and resolves when what was begun is done or aborted. */
  stop(): Promise<void>;
}

const advancePayload = z.object({ jobId: z.number().int() });
const answerPayload = z.object({ askId: z.uuid() });

/** Takes messages from the queue, `concurrency` at a time. `db` must have more connections than that. */
export async function runQueue(db: Database, concurrency: number, handlers: QueueHandlers): Promise<RunningQueue> {
  const events: WorkerEvents = new EventEmitter();
  const id = new Promise<string>((resolve) => events.once('pool:create', ({ workerPool }) => resolve(workerPool.id)));
  const runner = await run({
    pgPool: db.pool,
    concurrency,
    noHandleSignals: true,
    pollInterval: 1000,
    gracefulShutdownAbortTimeout: 3000,
    events,
    logger: new Logger(() => (level, message) => handlers.report(level, message)),
    crontab: '',
    taskList: {
      [ADVANCE]: (payload, { abortSignal }) => handlers.advance(advancePayload.parse(payload).jobId, abortSignal),
      [ANSWER]: (payload) => handlers.answer(answerPayload.parse(payload).askId),
    },
  });
  return { id: await id, stop: () => runner.stop() };
}

/** Says that a worker lives. */
export async function beat(db: Database, worker: { id: string; host: string; pid: number }): Promise<void> {
  await db.orm.execute(sql`
    insert into workers (id, host, pid) values (${worker.id}, ${worker.host}, ${worker.pid})
    on conflict (id) do update set beat_at = now()`);
}

/** A worker that stopped, with what it had locked, is forgotten. */
export async function forgetWorker(db: Database, id: string): Promise<void> {
  await db.orm.execute(sql`delete from workers where id = ${id}`);
}

/** Gives the work of workers that have not beaten for `deadline` milliseconds to others; returns how many workers that were. */
export async function takeOverFromTheDead(db: Database, deadline: number): Promise<number> {
  const { rows } = await db.orm.execute<{ id: string }>(sql`
    delete from workers where beat_at < now() - ${deadline} * interval '1 millisecond' returning id`);
  if (rows.length > 0) {
    const ids = JSON.stringify(rows.map(({ id }) => id));
    await db.orm.execute(sql`
      select graphile_worker.force_unlock_workers((select array_agg(value) from json_array_elements_text(${ids}::json)))`);
  }
  return rows.length;
}
