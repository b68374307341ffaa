import type { OrphanRef, OrphanReport } from './orphan.ts';
import type { FileEntry } from './storage.ts';

export type LogStreamName = 'stdout' | 'stderr';

export const RUN_SCRIPTS = ['run.sh', 'runner.sh', 'node.sh'] as const;

/** Bytes of a file of a job's outputs. */
export interface FilePart {
  readonly path: string;
  readonly offset: number;
  readonly length: number;
}

/** What the API may ask a worker, because only workers talk to platforms. */
export type Question =
  /** Can results be written there? Answers with an error if not. */
  | { readonly kind: 'check-output'; readonly storage: string; readonly path: string }
  | { readonly kind: 'list-outputs'; readonly jobId: number; readonly path: string }
  | { readonly kind: 'stat-output'; readonly jobId: number; readonly path: string }
  /** The bytes come as the answer's body. */
  | { readonly kind: 'read-output'; readonly jobId: number; readonly path: string; readonly offset: number; readonly length: number }
  /** The entries of several directories of the outputs; null for one that is not there. */
  | { readonly kind: 'list-directories'; readonly jobId: number; readonly paths: readonly string[] }
  /** The bytes of several parts of output files, one after the other, come as the answer's body; 4 MiB at most. */
  | { readonly kind: 'read-parts'; readonly jobId: number; readonly parts: readonly FilePart[] }
  /** The scripts by which tasks run without Kiln, by name. */
  | { readonly kind: 'run-scripts' }
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
  'list-outputs': readonly FileEntry[];
  'stat-output': FileEntry;
  'read-output': null;
  /** `complete`: the task has ended and nothing follows these bytes. */
  'list-directories': readonly (readonly FileEntry[] | null)[];
  'read-parts': null;
  'run-scripts': Readonly<Record<(typeof RUN_SCRIPTS)[number], string>>;
  'read-log': { readonly complete: boolean };
  'watch-log': null;
  'find-orphans': OrphanReport;
  'remove-orphan': null;
}
