/** What lies where jobs make their directories and belongs to no live job. */
export interface OrphanRef {
  readonly platform: string;
  /** `machine` is one of the cloud on this machine. */
  readonly kind: 'directory' | 'machine';
  /** Absolute; the orphan lies in it. */
  readonly root: string;
  readonly name: string;
}

export interface Orphan extends OrphanRef {
  readonly jobId: number;
  /** ISO 8601; null if this installation knows of no such job, and then nobody but a person can tell whether it may go. */
  readonly endedAt: string | null;
  /** ISO 8601, by the machine's clock: when something last happened there. */
  readonly modifiedAt: string;
  /** Null if that takes too long to find out. */
  readonly bytes: number | null;
  /** Processes of the job that still run. */
  readonly processes: number;
}

/** What a look at all platforms found; `troubles` are of platforms that could not be looked at. */
export interface OrphanReport {
  readonly orphans: readonly Orphan[];
  readonly troubles: readonly { readonly platform: string; readonly message: string }[];
}
