import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isNodeError } from '../trouble.ts';

/** How much of a command's standard error is kept. */
export const KEPT_STDERR = 64 * 1024;

/** A command that ends without reading all of its input is judged by its exit code, not by the broken pipe. */
export async function feed(stdin: Writable, input: string | AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await pipeline(typeof input === 'string' ? Readable.from([Buffer.from(input)]) : input, stdin);
  } catch (error) {
    if (!isNodeError(error, 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED')) throw error;
  }
}

/** As a stream. */
export async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** All of a stream, or its last `keep` bytes. */
export async function collect(from: Readable | null, keep = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of from ?? []) {
    chunks.push(chunk);
    size += chunk.length;
    while (chunks.length > 1 && size - (chunks[0]?.length ?? 0) >= keep) size -= chunks.shift()?.length ?? 0;
  }
  return Buffer.concat(chunks);
}
