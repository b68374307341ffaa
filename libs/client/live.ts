import { print } from '@0no-co/graphql.web';
import type { TadaDocumentNode } from 'gql.tada';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { Backoff } from './backoff.ts';
import { KilnError } from './errors.ts';
import { type Connection, notSignedIn, unreachable } from './request.ts';
import { field, toKilnError } from './wire.ts';

/** One WebSocket for all subscriptions of a `Kiln`; it opens with the first and closes after the last. */
export class Live {
  readonly #client: Client;

  constructor(
    private readonly connection: Connection,
    private readonly patience?: number,
  ) {
    this.#client = openClient(connection);
  }

  /**
   * Messages of a subscription. When the connection breaks it subscribes again with `variables()` as they are then, so a
   * caller that moves its position on with every message misses nothing and sees nothing twice.
   * `ended` is asked after the server has completed the subscription: true ends the iteration, false subscribes again.
   */
  async *follow<R, V extends Record<string, unknown>>(
    document: TadaDocumentNode<R, V>,
    variables: () => V,
    ended: () => boolean | Promise<boolean>,
  ): AsyncGenerator<R, void, undefined> {
    const backoff = new Backoff(this.patience);
    for (;;) {
      let trouble: unknown = unreachable(this.connection, undefined);
      try {
        for await (const message of this.#once(document, variables())) {
          backoff.reset();
          yield message;
        }
        if (await ended()) return;
      } catch (error) {
        this.connection.signal?.throwIfAborted();
        trouble = asTrouble(this.connection, error);
      }
      await backoff.wait(trouble, this.connection.signal);
    }
  }

  async *#once<R, V extends Record<string, unknown>>(document: TadaDocumentNode<R, V>, variables: V): AsyncGenerator<R, void, undefined> {
    this.connection.signal?.throwIfAborted();
    const messages = this.#client.iterate<R>({ query: print(document), variables });
    const stop = () => void messages.return?.();
    this.connection.signal?.addEventListener('abort', stop, { once: true });
    try {
      for await (const message of messages) {
        if (message.errors && message.errors.length > 0) throw toKilnError(message.errors);
        if (message.data) yield message.data;
      }
      this.connection.signal?.throwIfAborted();
    } finally {
      this.connection.signal?.removeEventListener('abort', stop);
    }
  }
}

/** The trouble to wait out; throws what waiting cannot cure. */
function asTrouble(connection: Connection, error: unknown): KilnError {
  const known = Array.isArray(error) ? toKilnError(error) : error;
  if (known instanceof KilnError) {
    if (known.code === 'UNREACHABLE' || known.code === 'NO_WORKER') return known;
    throw known;
  }
  const code = field(error, 'code');
  if (code === 4401 || code === 4403) throw notSignedIn(connection);
  if (code === 4400 || code === 4406) {
    throw new KilnError('INTERNAL', `Kiln at ${connection.url} speaks another version of the API: bring both to the same version.`, {
      cause: error,
    });
  }
  return unreachable(connection, error);
}

const PING_EVERY = 20_000;
const PONG_WITHIN = 10_000;

function openClient(connection: Connection): Client {
  const url = new URL('/graphql', connection.url);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  let silence: NodeJS.Timeout | undefined;
  const client = createClient({
    url: url.href,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${connection.token}` },
    retryAttempts: 0, // `follow` tries again, from where it was
    keepAlive: PING_EVERY,
    on: {
      // A machine that went to sleep leaves a connection that never says that it is gone.
      ping: (received) => {
        if (!received) silence = setTimeout(() => client.terminate(), PONG_WITHIN).unref();
      },
      pong: (received) => {
        if (received) clearTimeout(silence);
      },
      closed: () => clearTimeout(silence),
    },
  });
  return client;
}
