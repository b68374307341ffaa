import type { Readable } from 'node:stream';

/** A line has more bytes than it may have. */
export class TooLong extends Error {}

/** Lines without their ends; what comes after the last end is none. @throws TooLong, or what the stream fails with */
export async function* linesOf(stream: AsyncIterable<Buffer>, most: number): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      if (size + end - from > most) throw new TooLong();
      yield Buffer.concat([...begun, chunk.subarray(from, end)]).toString();
      [begun, size, from] = [[], 0, end + 1];
    }
    begun.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > most) throw new TooLong();
  }
}

/** Reads all that comes and gives the last `most` bytes of it as text. */
export function tailOf(stream: Readable | null, most: number): () => string {
  let kept = Buffer.alloc(0);
  stream?.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-most);
  });
  stream?.on('error', () => undefined); // it ends with its process
  return () => kept.toString();
}

const NEWLINE = 0x0a;
