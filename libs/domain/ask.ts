import type { OrphanRef, OrphanReport } from './orphan.ts';
import type { FileEntry } from './storage.ts';

export type LogStreamName = 'stdout' | 'stderr';

/** What the API may ask a worker, because only workers talk to platforms. */
export type Question =
  /** Can results be written there? Answers with an error if not. */
  | { readonly kind: 'check-output'; readonly storage: string; readonly path: string }
  /** Can the input location be read, and which input sets does it hold? Answers with an error if not. */
  | { readonly kind: 'check-input'; readonly storage: string; readonly path: string; readonly ownerId: string }
  | { readonly kind: 'list-outputs'; readonly jobId: number; readonly path: string }
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

export interface Answers {
  'check-output': null;
  /** How many, and the names of the first. */
  'check-input': { readonly count: number; readonly first: readonly string[] };
  'list-outputs': readonly FileEntry[];
  'stat-output': FileEntry;
  'read-output': null;
  /** `complete`: the task has ended and nothing follows these bytes. */
  'read-log': { readonly complete: boolean };
  'watch-log': null;
  'find-orphans': OrphanReport;
  'remove-orphan': null;
}
