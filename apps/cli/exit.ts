import { KilnError, type KilnErrorCode } from '@kiln/client/kiln';
import { KnownError } from '@kiln/domain';

/** What a script may rely on; documented in `kiln --help`. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, interrupted: 130 } as const;

export const EXIT_HELP = `Exit codes:
  0    it worked; a watched job succeeded
  1    the job failed or was cancelled, or what was asked for failed
  2    wrong usage or bad input
  3    Kiln does not answer, or you are not signed in
  130  interrupted`;

/** Ends a command with a sentence and an exit code. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT.usage,
  ) {
    super(message);
  }
}

/** A command has said everything already and only ends with a code. */
export class Ended extends Error {
  constructor(readonly exitCode: number) {
    super(`Ended with ${exitCode}.`);
  }
}

const BAD_INPUT: ReadonlySet<KilnErrorCode> = new Set([
  'BAD_INPUT',
  'NOT_FOUND',
  'TOO_MANY_TASKS',
  'CONNECTOR_BROKEN',
  'CONNECTOR_INACTIVE',
  'PAYLOAD_MISSING',
]);

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError || error instanceof Ended) return error.exitCode;
  if (!(error instanceof KilnError || error instanceof KnownError)) return EXIT.failed;
  if (error.code === 'UNREACHABLE' || error.code === 'NOT_SIGNED_IN') return EXIT.unreachable;
  const refused = error instanceof KilnError && error.problems.length > 0;
  return refused || BAD_INPUT.has(error.code) ? EXIT.usage : EXIT.failed;
}
