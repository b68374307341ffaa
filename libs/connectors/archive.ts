import { gunzipSync, gzipSync } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import type { Entry } from './folder.ts';

/** The entries as a gzipped tar archive; the same entries give the same bytes. */
export async function archiveOf(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  const chunks: Uint8Array[] = [];
  const drained = (async () => {
    for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk); // a Readable without an encoding yields buffers
  })();
  for (const { path, content, executable } of entries) {
    const header = { mtime: new Date(0), uid: 0, gid: 0, mode: content === null || executable ? 0o755 : 0o644 };
    if (content === null) archive.entry({ ...header, name: `${path}/`, type: 'directory' });
    else archive.entry({ ...header, name: path }, content);
  }
  archive.finalize();
  await drained;
  return gzipSync(Buffer.concat(chunks));
}

/** What `archiveOf` made an archive of. */
export async function entriesOf(archive: Uint8Array): Promise<Entry[]> {
  const reading = extract();
  reading.end(gunzipSync(archive));
  const entries: Entry[] = [];
  for await (const entry of reading) {
    const { name, type, mode = 0 } = entry.header;
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(chunk); // a Readable without an encoding yields buffers
    const directory = type === 'directory';
    entries.push({
      path: directory ? name.replace(/\/$/, '') : name,
      content: directory ? null : Buffer.concat(chunks),
      executable: !directory && (mode & 0o100) !== 0,
    });
  }
  return entries;
}
