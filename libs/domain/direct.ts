import type { TransferDirection } from './transfer.ts';

/** A tree on a machine that another machine may get without the worker in between. */
export interface Outlet {
  /** What writes it to its standard output as a tar archive, and how many bytes it takes on the disk. */
  offer(): Promise<{ readonly argv: readonly string[]; readonly bytes: number }>;
  /** How many files it holds, with how many bytes, and the sum of their checksums: `FILES BYTES SUM`. */
  tally(): Promise<string>;
  /** Removes what the offer needed. */
  close(): Promise<void>;
}

/** A place on a machine to which another machine may bring a tree without the worker in between. */
export interface Inlet {
  /** Has a tree carried to where nobody sees it, and shows it when all of it is there; where it is counted, only if it comes to what was `sent`. */
  take(carrying: Carrying): Promise<void>;
}

export interface Carrying {
  /** `argv` unpacks a tar archive from its standard input in `hidden`, an absolute path. Resolves when all has come. */
  carry(argv: readonly string[], hidden: string): Promise<void>;
  /** As `tally` of the outlet. */
  sent(): Promise<string>;
  /** Asked before the tree is shown. @throws KnownError CONFLICT if it must not be */
  confirm(): Promise<void>;
}

/** Where a copy begins or ends: a node of the job, the storage for its results, or that of its input. */
export type CopyEnd = 'node' | 'home' | 'input';

export interface Copy {
  readonly direction: TransferDirection;
  readonly from: CopyEnd;
  readonly to: CopyEnd;
  /** Nothing, if it is on no other machine. */
  readonly outlet: Outlet | undefined;
  readonly inlet: Inlet | undefined;
}
