/** `in` goes to the job and its nodes, `home` comes from them to its output location. */
export type TransferDirection = 'in' | 'home';

/** What a job moves now. */
export interface Transfer {
  readonly direction: TransferDirection;
  /** So far. */
  readonly bytes: number;
  /** Bytes in a second. */
  readonly rate: number;
}
