import { print } from '@0no-co/graphql.web';
import type { TadaDocumentNode } from 'gql.tada';
import { KilnError } from './errors.ts';
import { field, toKilnError } from './wire.ts';

/** Where Kiln is and who asks. */
export interface Connection {
  /** Address of the installation, as in `http://127.0.0.1:4680`. */
  readonly url: string;
  /** A personal API token. */
  readonly token: string;
  /** Ends every call, wait and stream. */
  readonly signal?: AbortSignal | undefined;
}

/** One question or change over HTTP. @throws KilnError */
export async function request<R, V>(connection: Connection, document: TadaDocumentNode<R, V>, variables: V): Promise<R> {
  const response = await reach(connection, '/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const answer = await answerOf(connection, response);
  const errors = field(answer, 'errors');
  if (Array.isArray(errors) && errors.length > 0) throw toKilnError(errors);
  const data = field(answer, 'data');
  if (typeof data !== 'object' || data === null) throw refused(connection, response);
  return data as R; // the server answers a document with its shape: both are checked against the committed schema
}

/** `fetch` with the token, for addresses of the installation only. @throws KilnError `UNREACHABLE`, `NOT_SIGNED_IN` */
export async function reach(connection: Connection, path: string, init: RequestInit = {}): Promise<Response> {
  const target = new URL(path, connection.url);
  const headers = new Headers(init.headers);
  if (target.origin === new URL(connection.url).origin) headers.set('authorization', `Bearer ${connection.token}`);
  const response = await fetch(target, { ...init, headers, ...(connection.signal ? { signal: connection.signal } : {}) }).catch(
    (cause: unknown) => {
      connection.signal?.throwIfAborted();
      throw unreachable(connection, cause);
    },
  );
  if (response.status === 401) {
    await response.body?.cancel();
    throw notSignedIn(connection);
  }
  return response;
}

export function unreachable(connection: Connection, cause: unknown): KilnError {
  return new KilnError('UNREACHABLE', `Kiln does not answer at ${connection.url}: start it with \`kiln up\`.`, { cause });
}

export function notSignedIn(connection: Connection): KilnError {
  return new KilnError(
    'NOT_SIGNED_IN',
    `Kiln at ${connection.url} does not know this token: make one with \`kiln token new\`, or run \`kiln up\` again.`,
  );
}

async function answerOf(connection: Connection, response: Response): Promise<unknown> {
  const text = await response.text().catch((cause: unknown) => {
    connection.signal?.throwIfAborted();
    throw unreachable(connection, cause);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refused(connection, response, cause);
  }
}

function refused(connection: Connection, response: Response, cause?: unknown): KilnError {
  return new KilnError('UNREACHABLE', `What answers at ${connection.url} is not Kiln (HTTP ${response.status}).`, { cause });
}
