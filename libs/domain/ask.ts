import type { CloudChoices, CloudPlace, CloudQuota } from './cloud.ts';
import type { OrphanRef, OrphanReport } from './orphan.ts';
import type { FileEntry, FilePage, FilesWanted, Upload } from './storage.ts';

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
  /** Can the input location be read, and which input sets does it hold? Answers with an error if not. */
  | { readonly kind: 'check-input'; readonly storage: string; readonly path: string; readonly ownerId: string }
  | { readonly kind: 'list-outputs'; readonly jobId: number; readonly path: string }
  /** The files below each of the directories whose relative path matches; at most `MOST_FOUND` of each. */
  | { readonly kind: 'find-outputs'; readonly jobId: number; readonly directories: readonly string[]; readonly pattern: string }
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
  /** A page of a directory of a storage, in the order of listings. */
  | ({ readonly kind: 'list-files'; readonly storage: string; readonly path: string } & FilesWanted)
  | { readonly kind: 'stat-file'; readonly storage: string; readonly path: string }
  /** The bytes come as the answer's body. */
  | { readonly kind: 'read-file'; readonly storage: string; readonly path: string; readonly offset: number; readonly length: number }
  | { readonly kind: 'begin-upload'; readonly storage: string; readonly upload: Upload }
  /** The bytes are the question's body; `sha256` is that of theirs, if it is known. */
  | {
      readonly kind: 'add-to-upload';
      readonly storage: string;
      readonly upload: Upload;
      readonly offset: number;
      readonly sha256: string | null;
    }
  /** `sums`: the SHA-256 of the checksums of all pieces, a line each. */
  | { readonly kind: 'end-upload'; readonly storage: string; readonly upload: Upload; readonly sums: string | null }
  /**
   * What a cloud has to choose from. The question's body is the sealed `CloudKey` that opens it; of a platform that is registered it is
   * opened with what that one is opened with.
   */
  | { readonly kind: 'look-at-cloud'; readonly cloud: CloudPlace | { readonly platform: string } }
  /** What ended jobs have left on platforms. */
  | { readonly kind: 'find-orphans' }
  /** Ends its processes and removes it, if its job has ended; answers with an error if not. */
  | { readonly kind: 'remove-orphan'; readonly orphan: OrphanRef };

/** What a task that is not home yet has left so far is still on its `node`. */
export type OutputFile = FileEntry & { readonly node?: string };

/** Files that are told of a directory. */
export const MOST_FOUND = 200;

export interface FoundFiles {
  readonly files: readonly FoundFile[];
  /** There are more. */
  readonly cut: boolean;
}

/** A file, with its path relative to the directory that was looked through. */
export type FoundFile = Omit<FileEntry, 'name' | 'kind'> & { readonly path: string };

/** Entries that are told of each list of a cloud. */
export const MOST_CHOICES = 3000;

export interface CloudLook {
  /** At most `MOST_CHOICES` of each. */
  readonly choices: Required<CloudChoices>;
  /** Null if the cloud does not tell. */
  readonly quota: CloudQuota | null;
  /** Those lists have more entries. */
  readonly cut: readonly (keyof CloudChoices)[];
}

export interface Answers {
  'check-output': null;
  /** How many, and the names of the first. */
  'check-input': { readonly count: number; readonly first: readonly string[] };
  'list-outputs': readonly OutputFile[];
  'find-outputs': readonly FoundFiles[];
  'stat-output': OutputFile;
  'read-output': null;
  /** `complete`: the task has ended and nothing follows these bytes. */
  'list-directories': readonly (readonly FileEntry[] | null)[];
  'read-parts': null;
  'run-scripts': Readonly<Record<(typeof RUN_SCRIPTS)[number], string>>;
  'read-log': { readonly complete: boolean };
  'watch-log': null;
  'list-files': FilePage;
  'stat-file': FileEntry;
  'read-file': null;
  /** `there`: the same file, by size and time, is in its place already; `piece`: how many bytes each piece has but the last. */
  'begin-upload': { readonly there: boolean; readonly offset: number; readonly piece: number };
  'add-to-upload': { readonly offset: number };
  'end-upload': null;
  'look-at-cloud': CloudLook;
  'find-orphans': OrphanReport;
  'remove-orphan': null;
}
