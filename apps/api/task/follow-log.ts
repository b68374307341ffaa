import type { Asker } from '@kiln/db/asks';
import { KnownError } from '@kiln/domain';
import { Bell } from '../bell.ts';
import type { Hub } from '../hub.ts';
import { stoppable } from '../stoppable.ts';
import { type LogRef, readLog } from './read-log.ts';
import type { LogChunk } from './task.type.ts';

const CHUNK = 64 * 1024;
/** A worker watches a log for 30 s: asking again by half of that leaves no hole. */
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
    let watchedUntil = 0;
    try {
      while (!bell.closed) {
        if (Date.now() >= watchedUntil && (await watch(offset))) watchedUntil = Date.now() + RENEW;
        const chunk = await read(offset);
        if (!chunk) continue;
        const grew = chunk.nextOffset > offset;
        offset = chunk.nextOffset;
        if (grew || chunk.complete) yield chunk;
        if (chunk.complete) return;
        if (!grew) await bell.wait(Math.max(1, watchedUntil - Date.now()));
      }
    } finally {
      off();
    }
  }

  /** The watch comes before the read, so that what grows between the two is told of. */
  function watch(offset: number): Promise<boolean> {
    return whileAway(asker.ask<'watch-log'>({ kind: 'watch-log', ...log, offset }).then(() => true)).then((watched) => watched ?? false);
  }

  function read(offset: number): Promise<LogChunk | null> {
    return whileAway(readLog(asker, log, offset, CHUNK));
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
