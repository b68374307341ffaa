/** A way to run commands on one machine. */
export interface Shell {
  /** The machine is the one that this process is on. */
  readonly here?: true;
  /** Names the machine and the user there: what two shells of one name see is the same. Nothing, if nobody can tell. */
  readonly machine?: string;
  /** The way there is so long that compressing what goes over it pays. */
  isFar?(): boolean;
  /** Runs a command to its end. The exit code is the caller's to judge. */
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** The standard output of a command as it comes. @throws KnownError if the command fails. */
  stream(argv: readonly string[], input: string): AsyncIterable<Uint8Array>;
  /** At most `length` bytes of a file from `offset`, from its end if negative; empty past its end or if there is no file. */
  read(path: string, offset: number, length: number): Promise<Uint8Array>;
  /** Calls `hint` soon after the file grew. Returns what ends it. */
  follow(path: string, hint: () => void): () => void;
}

export interface RunOptions {
  readonly input?: string | AsyncIterable<Uint8Array>;
  /** Milliseconds; the command is killed and a retryable error thrown. Default 60,000. */
  readonly timeout?: number;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  /** Its last 64 KiB. */
  readonly stderr: string;
}
