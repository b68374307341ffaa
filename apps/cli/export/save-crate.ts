import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { KilnError } from '@kiln/client/kiln';

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
    await pipeline(counted(), createWriteStream(file, { flags: 'wx' }));
  } catch (error) {
    if (broken === undefined || broken instanceof KilnError) throw error;
    throw new KilnError('UNREACHABLE', 'Kiln broke off before the crate was complete: its log says why. Export it again.', {
      cause: error,
    });
  }
  return size;
}
