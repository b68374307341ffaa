import type { OrphanRef, OrphanReport } from './orphan.ts';
import type { FileEntry } from './storage.ts';

export type LogStreamName = 'stdout' | 'stderr';

/** What the API may ask a worker, because only workers talk to platforms. */
export type Question =
  /** Can results be written there? Answers with an error if not. */
  | { readonly kind: 'check-output'; readonly storage: string; readonly path: string }
  | { readonly kind: 'list-outputs'; readonly jobId: number; readonly path: string }
  /** The files below each of the directories whose relative path matches; at most `MOST_FOUND` of each. */
  | { readonly kind: 'find-outputs'; readonly jobId: number; readonly directories: readonly string[]; readonly pattern: string }
  | { readonly kind: 'stat-output'; readonly jobId: number; readonly path: string }
  /** The bytes come as the answer's body. */
  | { readonly kind: 'read-output'; readonly jobId: number; readonly path: string; readonly offset: number; readonly length: number }
  | {
      readonly kind: 'read-log';
      readonly jobId: number;
      readonly task: number;
      readonly stream: LogStreamName;
      /** The task's present one without it. */
      readonly attempt?: number;
      /** From its end if negative. */
      readonly offset: number;
      readonly length: number;
    }
  /** For the next 30 s, tells on the log channel when the log grows past `offset` or its task ends. */
  | {
      readonly kind: 'watch-log';
      readonly jobId: number;
      readonly task: number;
      readonly stream: LogStreamName;
      readonly attempt?: number;
      readonly offset: number;
    }
  /** What ended jobs have left on platforms. */
  | { readonly kind: 'find-orphans' }
  /** Ends its processes and removes it, if its job has ended; answers with an error if not. */
  | { readonly kind: 'remove-orphan'; readonly orphan: OrphanRef };

/** Files that are told of a directory. */
export const MOST_FOUND = 200;

export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** There are more. */
  readonly cut: boolean;
}

/** A file, with its path relative to the directory that was looked through. */
export type FoundFile = Omit<FileEntry, 'name' | 'kind'> & { readonly path: string };

export interface Answers {
  'check-output': null;
  'list-outputs': readonly FileEntry[];
  'find-outputs': readonly FoundFiles[];
  'stat-output': FileEntry;
  'read-output': null;
  /** `complete`: the task has ended and nothing follows these bytes. */
  'read-log': { readonly complete: boolean };
  'watch-log': null;
  'find-orphans': OrphanReport;
  'remove-orphan': null;
}
