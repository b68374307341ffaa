import type { Answer, Asker } from '@kiln/db/asks';
import type { FileEntry, OutputFile } from '@kiln/domain';

/** Files that a worker reads for us, piece by piece. */
export interface FileSource {
  /** What a folder of all of it is called. */
  readonly name: string;
  stat(path: string): Promise<OutputFile>;
  read(path: string, offset: number, length: number): Promise<Buffer | null>;
  /** What is in a directory, some at a time. */
  list(path: string): AsyncIterable<OutputFile>;
}

/** The most entries of one answer. */
export const MOST_ENTRIES = 1000;

/** What a job has left, wherever its results are kept. */
export function outputsOf(asker: Asker, jobId: number, name: string): FileSource {
  return {
    name,
    stat: async (path) => (await asker.ask<'stat-output'>({ kind: 'stat-output', jobId, path })).answer,
    read: async (path, offset, length) => (await asker.ask<'read-output'>({ kind: 'read-output', jobId, path, offset, length })).body,
    async *list(path) {
      yield* (await asker.ask<'list-outputs'>({ kind: 'list-outputs', jobId, path })).answer;
    },
  };
}

/** What is in a storage. */
export function filesOf(asker: Asker, storage: string): FileSource {
  return {
    name: storage,
    stat: async (path) => (await asker.ask<'stat-file'>({ kind: 'stat-file', storage, path })).answer,
    read: async (path, offset, length) => (await asker.ask<'read-file'>({ kind: 'read-file', storage, path, offset, length })).body,
    async *list(path) {
      for (let after: FileEntry | null = null; ; ) {
        const { answer }: Answer<'list-files'> = await asker.ask({
          kind: 'list-files',
          storage,
          path,
          search: '',
          first: MOST_ENTRIES,
          after,
        });
        yield* answer.entries;
        after = answer.entries.at(-1) ?? null;
        if (!answer.more || after === null) return;
      }
    },
  };
}
