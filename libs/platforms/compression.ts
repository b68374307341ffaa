import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** The same bytes as gzip, at its fastest. */
export function compressed(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return through(bytes, createGzip({ level: 1 }));
}

export function decompressed(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return through(bytes, createGunzip());
}

/** What goes wrong before reaches whoever reads behind. */
async function* through(bytes: AsyncIterable<Uint8Array>, transform: ReturnType<typeof createGzip | typeof createGunzip>) {
  const out = new PassThrough();
  const done = pipeline(Readable.from(bytes), transform, out);
  done.catch(() => undefined); // awaited below, unless whoever reads stops early
  yield* out as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
  await done;
}
