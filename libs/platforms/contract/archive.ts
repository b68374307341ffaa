import { pack } from 'tar-stream';

/** A tar archive of files that may be executed, by their names. */
export async function* archiveOf(files: Readonly<Record<string, string>>): AsyncIterable<Uint8Array> {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) archive.entry({ name, mode: 0o755 }, text);
  archive.finalize();
  yield* archive as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
}
