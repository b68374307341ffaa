import type { Asker } from '@kiln/db/asks';
import { KnownError, type LogStreamName } from '@kiln/domain';
import type { LogChunk } from './task.type.ts';

export interface LogRef {
  readonly jobId: number;
  readonly task: number;
  readonly stream: LogStreamName;
  /** Counts from 1. */
  readonly attempt: number;
}

const LONGEST_CHUNK = 1024 * 1024;
const TAIL = 64 * 1024;
const MOST_LINES = 1000;

/** Part of a log. A letter that is cut off by its end is left for the next part, unless none follows. */
export async function readLog(asker: Asker, log: LogRef, offset: number, length: number): Promise<LogChunk> {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new KnownError('BAD_INPUT', 'An offset into a log is a whole number from 0 on.');
  if (length < 4 || length > LONGEST_CHUNK) throw new KnownError('BAD_INPUT', `A part of a log has 4 to ${LONGEST_CHUNK} bytes.`);
  refuseAttempt(log);
  const { answer, body } = await asker.ask<'read-log'>({ kind: 'read-log', ...log, offset, length });
  const bytes = body ?? Buffer.alloc(0);
  const whole = answer.complete ? bytes : bytes.subarray(0, bytes.length - cutOff(bytes));
  return { offset, nextOffset: offset + whole.length, text: whole.toString('utf8'), complete: answer.complete };
}

/** The last lines of a log; of a line that is longer than 64 KiB, its end. */
export async function readTail(asker: Asker, log: LogRef, lines: number): Promise<string> {
  if (lines < 1 || lines > MOST_LINES) throw new KnownError('BAD_INPUT', `The end of a log has 1 to ${MOST_LINES} lines.`);
  refuseAttempt(log);
  const { body } = await asker.ask<'read-log'>({ kind: 'read-log', ...log, offset: -TAIL, length: TAIL });
  const bytes = body ?? Buffer.alloc(0);
  const text = bytes.subarray(bytes.length < TAIL ? 0 : continuation(bytes)).toString('utf8');
  const ended = text.endsWith('\n') ? 1 : 0;
  return text
    .split('\n')
    .slice(-lines - ended)
    .join('\n');
}

function refuseAttempt({ attempt }: LogRef): void {
  if (attempt < 1) throw new KnownError('BAD_INPUT', 'Attempts count from 1.');
}

/** How many bytes at the beginning are the end of a letter that began before. */
function continuation(bytes: Buffer): number {
  let count = 0;
  while (count < 3 && ((bytes[count] ?? 0) & 0xc0) === 0x80) count += 1;
  return count;
}

/** How many bytes at the end are the beginning of a letter of which more is to come. UTF-8: RFC 3629, section 3. */
function cutOff(bytes: Buffer): number {
  for (let back = 1; back <= 3; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xf0) return back < 4 ? back : 0;
    if (byte >= 0xe0) return back < 3 ? back : 0;
    if (byte >= 0xc0) return back < 2 ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}
