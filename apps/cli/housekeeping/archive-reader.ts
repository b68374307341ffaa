import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { type Extract, extract } from 'tar-stream';
import { CommandError, EXIT } from '../exit.ts';
import { field } from '../start/field.ts';
import { CHECKSUMS, damaged, MANIFEST, type Manifest, parseChecksums, parseManifest } from './manifest.ts';

/** Unpacks a backup into a directory and compares it with its checksums. `accept` may refuse it by its manifest before anything is unpacked. */
export async function unpackBackup(
  file: string,
  directory: string,
  signal: AbortSignal,
  accept: (manifest: Manifest) => Promise<void>,
): Promise<Manifest> {
  const archive = extract();
  const reading = pipeline(createReadStream(file), createGunzip(), archive as unknown as NodeJS.WritableStream, { signal }); // a streamx stream is written as Node's
  reading.catch(() => undefined); // It breaks the archive off, and is thrown below.
  try {
    const manifest = await unpack(archive, directory, accept);
    await reading;
    return manifest;
  } catch (error) {
    archive.destroy();
    throw await reading.then(
      () => error,
      (cause: unknown) => asRefusal(file, error instanceof CommandError ? error : cause),
    );
  }
}

type Entry = Extract extends AsyncIterable<infer Source> ? Source : never;

async function unpack(archive: Extract, directory: string, accept: (manifest: Manifest) => Promise<void>): Promise<Manifest> {
  let manifest: Manifest | undefined;
  let expected: ReadonlyMap<string, string> | undefined;
  const found = new Map<string, string>();
  /** Made last, so that nothing is ever written through one. */
  const links: { readonly path: string; readonly target: string }[] = [];
  for await (const entry of archive) {
    const { name, type } = entry.header;
    if (!manifest) {
      if (name !== MANIFEST) throw new CommandError('This is not an archive that `kiln backup` made.', EXIT.failed);
      const text = await textOf(entry);
      found.set(name, createHash('sha256').update(text).digest('hex'));
      manifest = parseManifest(text);
      await accept(manifest);
    } else if (name === CHECKSUMS) {
      expected = parseChecksums(await textOf(entry));
    } else if (type === 'symlink') {
      links.push({ path: inside(directory, name), target: entry.header.linkname ?? '' });
      entry.resume();
    } else if (type === 'directory') {
      await mkdir(inside(directory, name), { recursive: true });
      await chmod(inside(directory, name), (entry.header.mode ?? 0o700) | 0o700);
      entry.resume();
    } else {
      found.set(name, await save(entry, inside(directory, name)));
    }
  }
  if (!manifest || !expected) throw damaged('it ends too early');
  compare(expected, found);
  for (const { path, target } of links) {
    await mkdir(dirname(path), { recursive: true });
    await symlink(target, path);
  }
  return manifest;
}

function compare(expected: ReadonlyMap<string, string>, found: ReadonlyMap<string, string>): void {
  for (const [name, sum] of expected) if (found.get(name) !== sum) throw damaged(`${name} is not what it was`);
  for (const name of found.keys()) if (!expected.has(name)) throw damaged(`${name} was added to it`);
}

function inside(directory: string, name: string): string {
  if (name.startsWith('/') || name.split('/').includes('..')) throw damaged(`${name} would lie outside`);
  return join(directory, name);
}

async function save(entry: Entry, path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const hash = createHash('sha256');
  async function* hashed(): AsyncGenerator<Buffer, void> {
    for await (const chunk of entry as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
  }
  await pipeline(hashed, createWriteStream(path, { mode: entry.header.mode ?? 0o600, flags: 'wx' }));
  return hash.digest('hex');
}

async function textOf(entry: Entry): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function asRefusal(file: string, error: unknown): unknown {
  const code = String(field(error, 'code'));
  if (code === 'ENOENT') return new CommandError(`There is no file ${file}.`, EXIT.failed);
  const message = error instanceof Error ? error.message : String(error);
  // zlib's and the archive's own words; what else is wrong is the system's.
  if (code.startsWith('Z_') || /tar|[Uu]nexpected end|checksum|premature/i.test(message)) return damaged(message);
  return error;
}
