import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { KilnError } from '@kiln/client/kiln';
import { CommandError, EXIT } from '../exit.ts';
import { field } from '../start/field.ts';

/** Bytes. What comes is in small pieces, and a slow disk would take its time for each. */
const WRITTEN_AT_ONCE = 4 * 1024 * 1024;

/** Writes the bytes of a crate to a file; `told` hears how many there are so far. Gives their number. */
export async function saveCrate(bytes: AsyncIterable<Uint8Array>, file: string, told: (bytes: number) => void): Promise<number> {
  let size = 0;
  let broken: unknown;
  async function* counted(): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of bytes) {
        size += piece.length;
        told(size);
        yield piece;
      }
    } catch (error) {
      broken = error;
      throw error;
    }
  }
  try {
    await pipeline(counted(), createWriteStream(file, { flags: 'wx', highWaterMark: WRITTEN_AT_ONCE }));
  } catch (error) {
    if (broken instanceof KilnError) throw broken;
    if (broken === undefined) throw unwritable(file, error);
    throw new KilnError('UNREACHABLE', 'Kiln broke off before the crate was complete: its log says why. Export it again.', {
      cause: error,
    });
  }
  return size;
}

function unwritable(file: string, error: unknown): unknown {
  const code = field(error, 'code');
  if (code === 'ENOENT' || code === 'ENOTDIR') return new CommandError(`There is no directory for ${file}: make it first.`);
  if (code === 'EACCES' || code === 'EROFS') return new CommandError(`${file} may not be written: choose another place with -o.`);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new CommandError(`There is no room for ${file}: choose another disk with -o.`, EXIT.failed);
  return error;
}
