import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { safeName } from '@kiln/client/files';
import { type Entry, openPromise, type ZipFile } from 'yauzl';

/** Unpacks a crate into a new directory, never outside of it. */
export async function unpackCrate(file: string, directory: string): Promise<void> {
  const zip = await openPromise(file, { strictFileNames: true, lazyEntries: true, autoClose: false });
  try {
    await mkdir(directory);
    for await (const entry of zip.eachEntry()) await unpackEntry(zip, entry, directory);
  } finally {
    zip.close();
  }
}

async function unpackEntry(zip: ZipFile, entry: Entry, directory: string): Promise<void> {
  const isDirectory = entry.fileName.endsWith('/');
  const target = join(directory, ...entry.fileName.replace(/\/$/, '').split('/').map(safeName));
  await mkdir(isDirectory ? target : dirname(target), { recursive: true });
  if (isDirectory) return;
  const mode = (entry.externalFileAttributes >>> 16) & 0o100 ? 0o777 : 0o666; // less what the umask takes
  await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { flags: 'wx', mode }));
}
