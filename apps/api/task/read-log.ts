import type { Asker } from '@kiln/db/asks';
import { KnownError, type LogStreamName } from '@kiln/domain';
import type { LogChunk } from './task.type.ts';

export interface LogRef {
  readonly jobId: number;
  readonly task: number;
  readonly stream: LogStreamName;
}

const LONGEST_CHUNK = 1024 * 1024;

/** Part of a log. A letter that is cut off by its end is left for the next part, unless none follows. */
export async function readLog(asker: Asker, log: LogRef, offset: number, length: number): Promise<LogChunk> {
  if (!Number.isSafeInteger(offset) || offset < 0) throw new KnownError('BAD_INPUT', 'An offset into a log is a whole number from 0 on.');
  if (length < 4 || length > LONGEST_CHUNK) throw new KnownError('BAD_INPUT', `A part of a log has 4 to ${LONGEST_CHUNK} bytes.`);
  const { answer, body } = await asker.ask<'read-log'>({ kind: 'read-log', ...log, offset, length });
  const bytes = body ?? Buffer.alloc(0);
  const whole = answer.complete ? bytes : bytes.subarray(0, bytes.length - cutOff(bytes));
  return { offset, nextOffset: offset + whole.length, text: whole.toString('utf8'), complete: answer.complete };
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
