import { ERROR_CODES, type ErrorCode, type Problem } from '@kiln/domain';
import { KilnError, type KilnErrorCode } from './errors.ts';

/** The errors of a GraphQL answer as one `KilnError`. */
export function toKilnError(errors: readonly unknown[]): KilnError {
  const first = errors[0];
  const extensions = field(first, 'extensions');
  const message = field(first, 'message');
  return new KilnError(codeOf(extensions), typeof message === 'string' ? message : 'Kiln gave an answer without a reason.', {
    problems: problemsOf(field(extensions, 'problems')),
  });
}

/** `value[name]` of something that came over the wire. */
export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

// Codes of the GraphQL server itself, for requests that never reached Kiln's own code.
const FOREIGN: Readonly<Record<string, KilnErrorCode>> = {
  BAD_USER_INPUT: 'BAD_INPUT',
  GRAPHQL_PARSE_FAILED: 'BAD_INPUT',
  GRAPHQL_VALIDATION_FAILED: 'BAD_INPUT',
  UNAUTHENTICATED: 'NOT_SIGNED_IN',
};

function codeOf(extensions: unknown): KilnErrorCode {
  const code = field(extensions, 'code');
  return asErrorCode(code) ?? (typeof code === 'string' ? FOREIGN[code] : undefined) ?? 'INTERNAL';
}

function problemsOf(value: unknown): readonly Problem[] {
  if (!Array.isArray(value)) return [];
  return value.map((item: unknown) => {
    const path = field(item, 'path');
    return {
      path: Array.isArray(path) ? path.map(String) : [],
      code: asErrorCode(field(item, 'code')) ?? 'BAD_INPUT',
      message: String(field(item, 'message')),
    };
  });
}

export function asErrorCode(code: unknown): ErrorCode | undefined {
  return ERROR_CODES.find((known) => known === code);
}
