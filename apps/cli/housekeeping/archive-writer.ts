import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Header, type Pack, pack } from 'tar-stream';
import { CommandError, EXIT } from '../exit.ts';
import { field } from '../start/field.ts';
import { CHECKSUMS } from './manifest.ts';

/** Bytes read of a file at once. */
const CHUNK = 256 * 1024;

/** A gzipped tar archive that ends with the checksums of all its files. It has another name until it is whole. */
export class ArchiveWriter {
  readonly #archive = pack();
  readonly #sums: string[] = [];
  readonly #hidden: string;
  readonly #written: Promise<void>;
  #bytes = 0;

  private constructor(
    readonly file: string,
    signal: AbortSignal,
  ) {
    this.#hidden = join(dirname(file), `.${basename(file)}.${randomBytes(4).toString('hex')}`);
    const output = createWriteStream(this.#hidden, { flags: 'wx', mode: 0o600 });
    this.#written = pipeline(this.#archive as unknown as NodeJS.ReadableStream, createGzip(), output, { signal }); // a streamx stream pipes as Node's
    this.#written.catch(() => undefined); // Thrown to whoever waits for a part to be taken.
  }

  /** Writes an archive by way of `fill`, whole or not at all. */
  static async write(file: string, signal: AbortSignal, fill: (archive: ArchiveWriter) => Promise<void>): Promise<void> {
    const archive = new ArchiveWriter(file, signal);
    try {
      await fill(archive);
      await archive.#finish();
    } catch (error) {
      archive.#archive.destroy(error instanceof Error ? error : new Error(String(error)));
      await archive.#written.catch(() => undefined);
      throw field(error, 'code') === 'ENOENT' ? new CommandError(`There is no directory ${dirname(file)}.`, EXIT.failed) : error;
    } finally {
      await rm(archive.#hidden, { force: true });
    }
  }

  /** Bytes taken so far. */
  get bytes(): number {
    return this.#bytes;
  }

  async directory(name: string, mode: number): Promise<void> {
    await this.#entry({ name, mode, type: 'directory' }, []);
  }

  async link(name: string, linkname: string): Promise<void> {
    await this.#entry({ name, linkname, type: 'symlink' }, []);
  }

  async content(name: string, content: Buffer): Promise<void> {
    await this.#entry({ name, mode: 0o600, size: content.length, type: 'file' }, [content]);
  }

  /** A file as long as it is now. What it loses meanwhile becomes zeros; returns false if it is gone. */
  async copy(name: string, source: string): Promise<boolean> {
    const handle = await open(source, 'r').catch((error: unknown) => {
      if (field(error, 'code') === 'ENOENT') return undefined;
      throw error;
    });
    if (!handle) return false;
    try {
      const { size, mode, mtime } = await handle.stat();
      await this.#entry({ name, mode: mode & 0o777, mtime, size, type: 'file' }, read(size));
    } finally {
      await handle.close();
    }
    return true;

    async function* read(size: number): AsyncGenerator<Buffer, void> {
      for (let position = 0; position < size; ) {
        const chunk = Buffer.alloc(Math.min(CHUNK, size - position));
        const { bytesRead } = (await handle?.read(chunk, 0, chunk.length, position)) ?? { bytesRead: 0 };
        yield bytesRead === 0 ? chunk : chunk.subarray(0, bytesRead);
        position += bytesRead === 0 ? chunk.length : bytesRead;
      }
    }
  }

  async #entry(header: Partial<Header> & Pick<Header, 'name'>, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
    const hash = createHash('sha256');
    let entry: ReturnType<Pack['entry']> | undefined;
    const taken = new Promise<void>((resolve, reject) => {
      entry = this.#archive.entry(header, (error) => (error ? reject(error) : resolve()));
    });
    taken.catch(() => undefined); // awaited below, unless the output fails first
    for await (const chunk of content) {
      hash.update(chunk);
      this.#bytes += chunk.length;
      if (entry?.write(chunk) === false) await this.#unlessBroken(new Promise<void>((resolve) => entry?.once('drain', resolve)));
    }
    entry?.end(null);
    await this.#unlessBroken(taken);
    if (header.type === 'file') this.#sums.push(`${JSON.stringify([header.name, hash.digest('hex')])}\n`);
  }

  async #finish(): Promise<void> {
    await this.content(CHECKSUMS, Buffer.from(this.#sums.join('')));
    this.#archive.finalize();
    await this.#written;
    const handle = await open(this.#hidden, 'r');
    await handle.sync().finally(() => handle.close());
    // Unlike a rename, it replaces nothing.
    await link(this.#hidden, this.file).catch(async (error: unknown) => {
      if (field(error, 'code') === 'EEXIST') throw existsAlready(this.file);
      await rename(this.#hidden, this.file); // Not every file system has links.
    });
  }

  /** Nothing is taken any more once the output has failed. */
  async #unlessBroken(wait: Promise<void>): Promise<void> {
    await Promise.race([wait, this.#written.then(() => wait)]);
  }
}

export function existsAlready(file: string): CommandError {
  return new CommandError(`${file} is there already: choose another name, or remove it first.`, EXIT.failed);
}
