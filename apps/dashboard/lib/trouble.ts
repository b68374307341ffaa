import { CombinedGraphQLErrors, ServerError } from '@apollo/client/errors';

/** What went wrong with a call, for people. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
}

export function troubleOf(error: unknown): Trouble {
  if (CombinedGraphQLErrors.is(error)) return fromErrors(error.errors);
  if (ServerError.is(error))
    return fromBody(error) ?? { code: 'INTERNAL', message: `Kiln answered with HTTP status ${error.statusCode}; try again.` };
  if (Array.isArray(error)) return fromErrors(error);
  if (error instanceof TypeError) return { code: 'UNREACHABLE', message: 'Kiln does not answer; check that `kiln up` is still running.' };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : 'Something went wrong; try again.' };
}

function fromErrors(errors: readonly unknown[]): Trouble {
  const [first] = errors;
  const code = field(field(first, 'extensions'), 'code');
  const message = field(first, 'message');
  return {
    code: code === 'UNAUTHENTICATED' ? 'NOT_SIGNED_IN' : typeof code === 'string' ? code : 'INTERNAL',
    message: typeof message === 'string' ? message : 'Kiln gave an answer without a reason.',
  };
}

function fromBody(error: ServerError): Trouble | null {
  if (error.statusCode === 401) return { code: 'NOT_SIGNED_IN', message: 'You are not signed in.' };
  try {
    const errors = field(JSON.parse(error.bodyText), 'errors');
    return Array.isArray(errors) ? fromErrors(errors) : null;
  } catch (notJson) {
    if (notJson instanceof SyntaxError) return null;
    throw notJson;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
