import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { Objects, StoredObject } from './objects.ts';

/** A tar archive of objects of a directory, with paths relative to it. */
export async function* packAll(objects: Objects, directory: string, all: readonly StoredObject[]): AsyncIterable<Uint8Array> {
  const archive = pack();
  const fill = async () => {
    for (const { path } of all) {
      const name = directory === '' ? path : path.slice(directory.length + 1);
      if (name === '') continue; // its own mark
      if (name.endsWith('/')) archive.entry({ name, type: 'directory' });
      else await add(path, name);
    }
    archive.finalize();
  };
  const add = async (path: string, name: string) => {
    const found = await objects.get(path);
    if (!found) return; // it was removed meanwhile
    const entry = archive.entry({ name, size: found.size, ...(found.mode !== null && { mode: found.mode }) });
    await pipeline(found.body, entry);
  };
  fill().catch((error) => archive.destroy(objects.trouble(error, `${objects.name(directory)} could not be read`)));
  yield* archive as AsyncIterable<Uint8Array>; // a Readable without an encoding yields buffers
}
