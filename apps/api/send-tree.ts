import { basename } from 'node:path/posix';
import { pipeline } from 'node:stream/promises';
import { type FileEntry, KnownError } from '@kiln/domain';
import type { Request, Response } from 'express';
import { type Pack, pack } from 'tar-stream';
import { fileHeaders } from './file-headers.ts';
import type { FileSource } from './file-source.ts';

const CHUNK = 1024 * 1024;

/** Sends a directory as a tar archive, as it is read: neither the tree nor a file of it ever stands in memory. */
export async function sendTree(source: FileSource, path: string, request: Request, response: Response): Promise<void> {
  const top = path === '' ? null : await source.stat(path);
  if (top && top.kind !== 'directory') throw new KnownError('BAD_INPUT', `${path} is a file; ask for it without ?tar.`);
  const name = path === '' ? source.name : basename(path);
  response.set({ ...fileHeaders(`${name}.tar`, true), 'Content-Type': 'application/x-tar', 'Accept-Ranges': 'none' });
  if (request.method === 'HEAD') return void response.end();
  const archive = pack();
  fill(archive, source, path, name, top?.node !== undefined).then(
    () => archive.finalize(),
    (error) => archive.destroy(error), // breaks the answer off, which whoever unpacks it sees
  );
  await pipeline(archive, response);
}

/** What tasks are still at work on is in it only if it was asked for: `away`. */
async function fill(archive: Pack, source: FileSource, path: string, as: string, away: boolean): Promise<void> {
  archive.entry({ name: `${as}/`, type: 'directory' });
  for await (const entry of source.list(path)) {
    if (entry.node !== undefined && !away) continue;
    const from = path === '' ? entry.name : `${path}/${entry.name}`;
    const name = `${as}/${entry.name}`;
    if (entry.kind === 'directory') await fill(archive, source, from, name, away);
    else await pipeline(bytesOf(source, from, entry), archive.entry({ name, size: entry.size, mtime: new Date(entry.modifiedAt ?? 0) }));
  }
}

/** As many as the archive was told of, should the file have grown. */
async function* bytesOf(source: FileSource, path: string, { size }: FileEntry): AsyncIterable<Uint8Array> {
  for (let offset = 0; offset < size; ) {
    const bytes = await source.read(path, offset, Math.min(CHUNK, size - offset));
    if (!bytes || bytes.length === 0) throw new KnownError('CONFLICT', `${path} became shorter while it was read.`);
    offset += bytes.length;
    yield bytes;
  }
}
