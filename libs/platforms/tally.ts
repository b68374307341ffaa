import { crc32 } from 'node:zlib';
import { KnownError } from '@kiln/domain';
import { type Extract, extract } from 'tar-stream';

type Source = Extract extends AsyncIterable<infer Entry> ? Entry : never;

/** How many files a tar archive holds, with how many bytes, and the sum of their checksums as POSIX cksum makes them. */
export class Tally {
  private files = 0;
  private bytes = 0;
  private sum = 0;

  /** The same archive, counted as it passes. @throws what the archive throws, or if it is not whole */
  async *over(archive: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    const reader = extract();
    const counted = this.count(reader);
    counted.catch(() => undefined); // awaited below, unless the archive fails first
    try {
      for await (const bytes of archive) {
        if (!reader.write(bytes) && !reader.destroyed) await drained(reader);
        if (reader.destroyed) await counted; // which says why
        yield bytes;
      }
      reader.end(null);
      await counted;
    } finally {
      reader.destroy(null);
    }
  }

  /** As `tally` in `inputs.sh` prints it. */
  text(): string {
    return `${this.files} ${this.bytes} ${this.sum}`;
  }

  /** @throws KnownError, retryable, if what was unpacked comes to something else */
  compare(unpacked: string, what: string): void {
    if (unpacked.trim() === this.text()) return;
    throw differs(what);
  }

  private async count(reader: AsyncIterable<Source>): Promise<void> {
    for await (const entry of reader) {
      const { type } = entry.header;
      if (type !== 'file' && type !== 'contiguous-file') {
        entry.resume();
        continue;
      }
      const checksum = new Checksum();
      for await (const piece of entry as AsyncIterable<Uint8Array>) checksum.take(piece); // without an encoding it yields buffers
      this.files += 1;
      this.bytes += checksum.length;
      this.sum = (this.sum + checksum.end()) % 2 ** 32;
    }
  }
}

export function differs(what: string): KnownError {
  return new KnownError('PLATFORM_UNAVAILABLE', `${what}: what arrived is not what was sent; Kiln sends it again.`, { retryable: true });
}

/** Without a promise that lives as long as the archive: there may be millions of pieces. */
function drained(reader: Extract): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      reader.off('drain', go);
      reader.off('close', go);
      resolve();
    };
    reader.on('drain', go);
    reader.on('close', go);
  });
}

/** Where the bits of bytes are turned around, four bytes at a time: transfers wait for it. */
const WORDS = new Uint32Array(16 * 1024);
const BYTES = new Uint8Array(WORDS.buffer);

/**
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/cksum.html: the polynomial of zlib's CRC, with the bits of each byte in the
 * other order, begun with 0 and followed by the length.
 */
class Checksum {
  length = 0;
  private crc = 0xffffffff; // zlib keeps the complement

  take(bytes: Uint8Array): void {
    this.length += bytes.length;
    this.add(bytes);
  }

  end(): number {
    const octets: number[] = [];
    for (let left = this.length; left > 0; left = Math.floor(left / 256)) octets.push(left % 256);
    this.add(Uint8Array.from(octets));
    return reversed(this.crc, 32);
  }

  private add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += BYTES.length) {
      const part = bytes.subarray(at, at + BYTES.length);
      BYTES.set(part);
      turn(Math.ceil(part.length / 4));
      this.crc = crc32(BYTES.subarray(0, part.length), this.crc);
    }
  }
}

/** Reverses the bits of each byte of the first `count` of `WORDS`. */
function turn(count: number): void {
  for (let i = 0; i < count; i += 1) {
    let word = WORDS[i] ?? 0;
    word = ((word >>> 1) & 0x55555555) | ((word & 0x55555555) << 1);
    word = ((word >>> 2) & 0x33333333) | ((word & 0x33333333) << 2);
    WORDS[i] = ((word >>> 4) & 0x0f0f0f0f) | ((word & 0x0f0f0f0f) << 4);
  }
}

function reversed(number: number, bits: number): number {
  let result = 0;
  for (let left = number, i = 0; i < bits; i += 1, left = Math.floor(left / 2)) result = result * 2 + (left % 2);
  return result;
}
