import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
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
