import { ERROR_CODES, type ErrorCode, type Problem } from '@kiln/domain';

/** `UNREACHABLE`: nobody answers at the address. The others are the API's. */
export type KilnErrorCode = ErrorCode | 'UNREACHABLE';

/**
 * What the API, or the way to it, refused. `message` is one sentence that a person can act on; `problems` has everything
 * that is wrong with a submission or a platform (`path` leads to the parameter or field) and is empty otherwise.
 */
export class KilnError extends Error {
  readonly code: KilnErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: KilnErrorCode, message: string, options: { problems?: readonly Problem[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KilnError';
    this.code = code;
    this.problems = options.problems ?? [];
  }

  /** What was given was refused, for one reason or for several. */
  static refused(what: string, problems: readonly { path: readonly string[]; code: string; message: string }[]): KilnError {
    const known = problems.map(({ path, code, message }) => ({
      path,
      code: ERROR_CODES.find((one) => one === code) ?? 'BAD_INPUT',
      message,
    }));
    const [first] = known;
    const message = known.length === 1 && first ? first.message : `${what}: ${known.length} things are wrong with it.`;
    return new KilnError(first?.code ?? 'INTERNAL', message, { problems: known });
  }
}
