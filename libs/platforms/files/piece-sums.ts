import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { isNodeError } from '../trouble.ts';

/** A checksum and a newline. */
const LINE = 65;

/** A file with the checksums of the pieces of another one, a line each. A piece counts once its line is whole. */
export class PieceSums {
  constructor(private readonly path: string) {}

  async count(): Promise<number> {
    return Math.floor((await sizeOf(this.path)) / LINE);
  }

  async is(piece: number, sha256: string): Promise<boolean> {
    const file = await open(this.path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(LINE), 0, LINE, piece * LINE);
      return buffer.toString('latin1', 0, bytesRead) === `${sha256}\n`;
    } finally {
      await file.close();
    }
  }

  /** Forgets those from `piece` on. */
  async cut(piece: number): Promise<void> {
    if ((await sizeOf(this.path)) <= piece * LINE) return;
    const file = await open(this.path, 'r+');
    await file.truncate(piece * LINE).finally(() => file.close());
  }

  /** It becomes the last one. */
  async note(piece: number, sha256: string): Promise<void> {
    await this.cut(piece);
    const file = await open(this.path, piece === 0 ? 'w' : 'r+');
    await file.write(`${sha256}\n`, piece * LINE, 'latin1').finally(() => file.close());
  }

  /** That of all lines; null if there are not so many, or one was never written. */
  async sum(pieces: number): Promise<string | null> {
    const hash = createHash('sha256');
    if (pieces === 0) return hash.digest('hex');
    if ((await sizeOf(this.path)) !== pieces * LINE) return null;
    for await (const bytes of createReadStream(this.path)) {
      if (bytes.includes(0)) return null;
      hash.update(bytes);
    }
    return hash.digest('hex');
  }
}

/** Of a regular file; 0 if there is none. */
export async function sizeOf(path: string): Promise<number> {
  const found = await lstat(path).catch(missing);
  return found?.isFile() ? found.size : 0;
}

export function missing(error: unknown): null {
  if (isNodeError(error, 'ENOENT')) return null;
  throw error;
}
