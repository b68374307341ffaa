import { KilnError } from '@kiln/client/kiln';
import { KnownError, type Problem } from '@kiln/domain';
import type { Context } from './context.ts';
import { CommandError, Ended, EXIT, exitCodeOf } from './exit.ts';
import { styled } from './screen/piece.ts';

/** Says what ended a command on standard error, and gives the exit code. */
export function report(error: unknown, { screen, signal }: Context): number {
  if (error instanceof Ended) return error.exitCode;
  if (signal.aborted) return EXIT.interrupted;
  if (error instanceof KilnError && error.problems.length > 0) reportProblems(error.problems, screen);
  else if (error instanceof KilnError || error instanceof KnownError || error instanceof CommandError)
    screen.error('kiln: ', error.message);
  else screen.error(styled('bad', 'kiln: this is a bug: '), error instanceof Error ? (error.stack ?? error.message) : String(error));
  return exitCodeOf(error);
}

/** All of them, one a line with its parameter. */
export function reportProblems(problems: readonly Pick<Problem, 'path' | 'message'>[], screen: Context['screen']): void {
  for (const { path, message } of problems) {
    screen.error('kiln: ', ...(path.length > 0 ? [styled('strong', path.join('.')), ': '] : []), message);
  }
}
