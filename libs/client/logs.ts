import type { LogChunk } from './documents.ts';
import * as documents from './documents.ts';
import { found, foundTask } from './found.ts';
import type { Live } from './live.ts';
import { type Connection, request } from './request.ts';

export interface LogOptions {
  /** Default `STDOUT`. */
  readonly stream?: 'STDOUT' | 'STDERR';
  /** Byte to start from; default 0. */
  readonly offset?: number;
  /** Go on while the attempt runs, until it has ended. */
  readonly follow?: boolean;
  /** Counts from 1; default the one that is the present one when reading begins. */
  readonly attempt?: number;
}

export interface TailOptions {
  /** Default `STDERR`. */
  readonly stream?: 'STDOUT' | 'STDERR';
  /** Counts from 1; default the present one. */
  readonly attempt?: number;
  /** Most lines, 1 to 1000; default 20. */
  readonly lines?: number;
}

/** The log of one attempt of a task, piece by piece. */
export async function* readLogs(
  connection: Connection,
  live: Live,
  id: string,
  task: number,
  options: LogOptions,
): AsyncGenerator<LogChunk, void, undefined> {
  let offset = options.offset ?? 0;
  let attempt = options.attempt ?? null;
  const where = { id, task, stream: options.stream ?? 'STDOUT' } as const;
  const page = async () => {
    const { job } = await request(connection, documents.logQuery, { ...where, offset, attempt });
    const { log, attempt: present } = foundTask(id, task, found(id, job).task);
    attempt ??= present; // a retry meanwhile begins another log
    return log;
  };
  for (;;) {
    const chunk = await page();
    offset = chunk.nextOffset;
    if (chunk.text !== '') yield chunk;
    if (chunk.complete) return;
    if (chunk.nextOffset === chunk.offset) break;
  }
  if (!options.follow) return;
  const over = async () => {
    const chunk = await page();
    return chunk.complete && chunk.nextOffset === chunk.offset;
  };
  for await (const { taskLog } of live.follow(documents.taskLogSubscription, () => ({ ...where, after: offset, attempt }), over)) {
    offset = taskLog.nextOffset;
    if (taskLog.text !== '') yield taskLog;
    if (taskLog.complete) return;
  }
}

/** The last lines of a log of a task. */
export async function readTail(connection: Connection, id: string, task: number, options: TailOptions): Promise<string> {
  const { stream = 'STDERR', attempt = null, lines = 20 } = options;
  const { job } = await request(connection, documents.tailQuery, { id, task, stream, attempt, lines });
  return foundTask(id, task, found(id, job).task).logTail;
}
