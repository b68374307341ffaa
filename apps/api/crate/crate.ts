import { createHash } from 'node:crypto';
import { basename } from 'node:path/posix';
import type { User } from '@kiln/db/accounts';
import type { Asker } from '@kiln/db/asks';
import type { Database } from '@kiln/db/connect';
import type { JobRow } from '@kiln/db/jobs';
import { ownParameters, type Values } from '@kiln/domain';
import { type Entity, type Graph, type Reference, ref } from './graph.ts';
import { archivePath, formatOf, idOfPath } from './names.ts';
import type { OutputFile } from './output-files.ts';
import type { Zip } from './zip.ts';

/** What is said of something besides what it is and where. */
export type Facts = Readonly<Record<string, unknown>>;

/** A file of a crate. */
export interface CrateFile {
  /** In the crate. */
  readonly path: string;
  readonly content: AsyncIterable<Uint8Array> | string;
  readonly executable?: boolean;
  /** ISO 8601. */
  readonly modifiedAt?: string | null;
  /** What is said of it besides name, size and checksum. */
  readonly facts?: Facts;
}

/** A crate of a job while it is written: the archive, what is said about it, and what is known so far. */
export class Crate {
  /** What its connector and its tasks see of the job's parameters. */
  readonly parameters: Values;
  /** The files and directories directly in it. */
  readonly parts: Reference[] = [];
  /** What was done: the job, its iterations, its tasks. */
  readonly actions: Reference[] = [];
  /** Iterations with input sets of their own; the others have those of the first one again. */
  readonly ownInputs = new Set<number>();

  constructor(
    readonly db: Database,
    readonly asker: Asker,
    readonly job: JobRow,
    readonly owner: User,
    /** Where this installation is. */
    readonly url: string,
    private readonly zip: Zip,
    private readonly graph: Graph,
  ) {
    this.parameters = ownParameters(job);
  }

  describe(...entities: readonly Entity[]): Promise<void> {
    return this.graph.add(...entities);
  }

  /** Adds a file and what there is to say about it. Its checksum is that of the bytes that went into the archive. */
  async add({ path, content, executable, modifiedAt, facts }: CrateFile): Promise<Reference> {
    const hash = createHash('sha256');
    let size = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const piece of typeof content === 'string' ? [Buffer.from(content)] : content) {
        hash.update(piece);
        size += piece.length;
        yield piece;
      }
    }
    const written = archivePath(path);
    await this.zip.add({ path: written, content: counted(), executable, modifiedAt });
    const id = idOfPath(written);
    await this.describe({
      '@id': id,
      '@type': 'File',
      ...nameOf(path, written),
      contentSize: String(size),
      sha256: hash.digest('hex'),
      encodingFormat: formatOf(path),
      ...(modifiedAt ? { dateModified: modifiedAt } : {}),
      ...facts,
    });
    return ref(id);
  }

  /** Says of a file that it was left out. */
  async leaveOut(file: OutputFile, facts: Facts = {}): Promise<Reference> {
    const { path, size, modifiedAt } = file;
    const id = `#${idOfPath(path)}`;
    await this.describe({
      ...{ '@id': id, '@type': 'File', name: basename(path), localPath: path, contentSize: String(size) },
      ...(modifiedAt ? { dateModified: modifiedAt } : {}),
      description: "Left out of this crate: `localPath` is its path in the job's output directory. Its checksum was not computed.",
      ...facts,
    });
    return ref(id);
  }

  /** Says what a directory holds. One whose files were left out is not `there`. */
  async directory(path: string, hasPart: readonly Reference[], facts: Facts = {}, there = true): Promise<Reference> {
    const written = archivePath(path);
    if (there) this.zip.folder(written);
    const id = `${there ? '' : '#'}${idOfPath(written)}/`;
    const names = { ...nameOf(path, written), ...(there ? {} : { localPath: path }) };
    await this.describe({ '@id': id, '@type': 'Dataset', ...names, ...(hasPart.length > 0 ? { hasPart } : {}), ...facts });
    return ref(id);
  }
}

/** A name that the archive cannot have as it is stands beside the one that it has there. */
function nameOf(path: string, written: string) {
  return { name: basename(path), ...(path === written ? {} : { alternateName: path }) };
}
