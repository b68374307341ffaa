import type { Asker } from '@kiln/db/asks';
import { KnownError } from '@kiln/domain';
import { Bell } from '../bell.ts';
import type { Hub } from '../hub.ts';
import { stoppable } from '../stoppable.ts';
import { type LogRef, readLog } from './read-log.ts';
import type { LogChunk } from './task.type.ts';

const CHUNK = 64 * 1024;
/** A worker watches a log for 30 s; it is asked again well before that. */
const RENEW = 15_000;
const RETRY = 2000;

/** The log of a task from `after` on, while it grows; ends when the task has ended and all is sent. */
export function followLog(asker: Asker, hub: Hub, log: LogRef, after: number): AsyncIterableIterator<LogChunk> {
  const bell = new Bell();
  let answered = false;
  const off = hub.on(`log ${log.jobId}/${log.task}/${log.stream}`, () => bell.ring());
  return stoppable(run(), () => {
    off();
    bell.close();
  });

  async function* run(): AsyncGenerator<LogChunk, void> {
    let offset = after;
    try {
      while (!bell.closed) {
        const chunk = await whileAway(readLog(asker, log, offset, CHUNK));
        if (!chunk) continue;
        const read = chunk.nextOffset - offset;
        offset = chunk.nextOffset;
        if (read > 0 || chunk.complete) yield chunk;
        if (chunk.complete) return;
        if (read < CHUNK / 2 && (await watch(offset))) await bell.wait(RENEW);
      }
    } finally {
      off();
    }
  }

  /** A worker tells once when there is more than these bytes, also if there was already when it was asked. */
  async function watch(from: number): Promise<boolean> {
    return (await whileAway(asker.ask<'watch-log'>({ kind: 'watch-log', ...log, offset: from }))) !== null;
  }

  /** A worker that goes away is waited for: whoever reads a log keeps reading it. */
  async function whileAway<T>(answer: Promise<T>): Promise<T | null> {
    try {
      const given = await answer;
      answered = true;
      return given;
    } catch (error) {
      if (!(answered && error instanceof KnownError && error.retryable)) throw error;
      await bell.pause(RETRY);
      return null;
    }
  }
}
