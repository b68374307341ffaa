import { createReadStream } from 'node:fs';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What JSON-LD calls a node object, flat: others are named by `@id`. */
export interface Entity {
  readonly '@id': string;
  readonly '@type': string | readonly string[];
  readonly [property: string]: unknown;
}

export interface Reference {
  readonly '@id': string;
}

export const ref = (id: string): Reference => ({ '@id': id });

const BUFFERED = 64 * 1024;

/** The entities of a crate, which are kept in a file until all are known: there may be as many as there are files. */
export class Graph {
  #text = '';
  #first = true;

  private constructor(
    private readonly directory: string,
    private readonly file: FileHandle,
  ) {}

  static async open(): Promise<Graph> {
    const directory = await mkdtemp(join(tmpdir(), 'kiln-crate-'));
    return new Graph(directory, await open(join(directory, 'graph'), 'a'));
  }

  async add(...entities: readonly Entity[]): Promise<void> {
    for (const entity of entities) {
      this.#text += `${this.#first ? '' : ',\n'}${JSON.stringify(entity)}`;
      this.#first = false;
    }
    if (this.#text.length > BUFFERED) await this.#write();
  }

  /** The text of `ro-crate-metadata.json`. */
  async *document(context: readonly string[]): AsyncGenerator<Uint8Array> {
    await this.#write();
    yield Buffer.from(`{"@context": ${JSON.stringify(context)},\n"@graph": [\n`);
    yield* createReadStream(join(this.directory, 'graph')) as AsyncIterable<Buffer>; // without an encoding
    yield Buffer.from('\n]}\n');
  }

  async close(): Promise<void> {
    await this.file.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  async #write(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    await this.file.appendFile(text);
  }
}
