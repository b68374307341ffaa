import { once } from 'node:events';
import { type Extract, extract } from 'tar-stream';

/** A file or directory of an archive, to be read to its end before the next one is asked for. */
export type Entry = Extract extends AsyncIterable<infer Source> ? Source : never;

/** What is in a tar archive, as it comes. @throws what the archive throws, or if it is not whole */
export async function* entriesOf(archive: AsyncIterable<Uint8Array>): AsyncIterable<Entry> {
  const reader = extract();
  const over = new AbortController();
  const feed = async () => {
    for await (const bytes of archive) {
      if (over.signal.aborted) return;
      // Whoever reads the entries drains it; nobody does any more when it is over.
      if (!reader.write(bytes)) await once(reader, 'drain', over).catch(() => undefined);
    }
    reader.end(null);
  };
  const fed = feed().catch((error) => {
    reader.destroy(error);
    throw error;
  });
  fed.catch(() => undefined); // awaited below, unless the reading fails first
  try {
    yield* reader;
    await fed;
  } finally {
    over.abort();
    reader.destroy(null);
  }
}
