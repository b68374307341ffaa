import { isDatabaseAway, isRefusedValue, whyAway } from '@kiln/db/errors';
import { type ErrorCode, KnownError } from '@kiln/domain';
import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';

/**
 * What a client is told of an error: the code and sentence of what is expected; of what is not, only a reference under
 * which the log has the rest.
 */
export function toldError(error: GraphQLError, log: Logger): GraphQLFormattedError {
  const known = knownCause(error);
  if (known) return told(error, known.code, known.message);
  if (isAboutRequest(error)) return told(error, 'BAD_INPUT', namesSecret(error) ? SECRET_IS_TEXT : error.message);
  if (isRefusedValue(error.originalError)) {
    return told(
      error,
      'BAD_INPUT',
      'A value cannot be looked up or stored: it holds a NUL character or other broken text, or a number that is too large.',
    );
  }
  if (isDatabaseAway(error.originalError)) return told(error, 'DATABASE_AWAY', tellAway(error.originalError));
  const reference = crypto.randomUUID();
  log.error({ reference, err: error.originalError ?? error, path: error.path }, 'A call failed unexpectedly.');
  return told(error, 'INTERNAL', `Something went wrong inside Kiln; its log has the details under ${reference}.`, { reference });
}

const SECRET_IS_TEXT = 'A password, private key or passphrase must be given as text.';

export function tellAway(error: unknown): string {
  return `${whyAway(error)}; try again in a moment.`;
}

/** GraphQL repeats a value of the wrong type in its sentence. */
function namesSecret({ message, source }: GraphQLError): boolean {
  return /invalid value|cannot represent/.test(message) && /password|privateKey|passphrase/.test(`${message} ${source?.body}`);
}

/** The same for a plain HTTP answer that is not GraphQL's own. */
export function refusal(code: ErrorCode, message: string): { errors: GraphQLFormattedError[] } {
  return { errors: [{ message, extensions: { code } }] };
}

function told(error: GraphQLError, code: ErrorCode, message: string, more: Record<string, unknown> = {}): GraphQLFormattedError {
  const { locations, path } = error;
  return { message, ...(locations ? { locations } : {}), ...(path ? { path } : {}), extensions: { code, ...more } };
}

/** Resolvers' errors arrive wrapped, once or more. */
function knownCause(error: unknown): KnownError | null {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; depth += 1) {
    if (cause instanceof KnownError) return cause;
    cause = 'originalError' in cause ? cause.originalError : null;
  }
  return null;
}

/** Errors of reading and checking the document and its variables: no resolver has been called, or none of ours threw. */
function isAboutRequest(error: GraphQLError): boolean {
  return error.path === undefined && error.extensions['code'] !== 'INTERNAL_SERVER_ERROR';
}
