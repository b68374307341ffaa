import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Caller, stillGood } from '@kiln/db/accounts';
import { KnownError } from '@kiln/domain';
import { GraphQLError, type GraphQLSchema, getOperationAST } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { createContext, type Services } from './context.ts';
import type { Door } from './door.ts';
import { toldError } from './errors.ts';
import { checkDocument } from './limits.ts';
import { callerOf, type SessionCookie } from './session.ts';

export interface Sockets {
  /** Closes the connections of tokens that are no longer good. */
  recheck(): Promise<void>;
  close(): Promise<void>;
}

interface Options {
  readonly server: Server;
  readonly schema: GraphQLSchema;
  readonly services: Services;
  readonly door: Door;
  readonly cookie: SessionCookie;
}

const RECHECK = 5000;
const MOST_OPERATIONS = 100;
/** Of the graphql-ws protocol: clients do not try again after it. */
const UNAUTHORIZED = 4401;
const LONGEST_MESSAGE = 2 * 1024 * 1024;

/** GraphQL over WebSockets at /graphql, as closed and as limited as over HTTP. */
export function openSockets({ server, schema, services, door, cookie }: Options): Sockets {
  const { db, log } = services;
  const callers = new Map<WebSocket, Caller>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LONGEST_MESSAGE });
  const upgrade = upgrader(sockets, door);
  server.on('upgrade', upgrade);

  const served = useServer(
    {
      schema,
      async onConnect({ connectionParams, extra: { socket, request } }) {
        try {
          const caller = await callerOf(
            db,
            connectionParams?.['authorization'] ?? connectionParams?.['Authorization'],
            cookie.read(request),
          );
          callers.set(socket, caller);
          socket.once('close', () => callers.delete(socket));
          return true;
        } catch (error) {
          if (!(error instanceof KnownError)) throw error;
          socket.close(UNAUTHORIZED, `${error.code}: ${error.message}`);
          return false;
        }
      },
      onSubscribe: ({ subscriptions, extra: { socket } }, _id, operation) => {
        const caller = callers.get(socket);
        if (!caller) return [new GraphQLError('This connection is not signed in.')];
        return prepare(caller, Object.keys(subscriptions).length, operation);
      },
      onError: (_context, _id, _payload, errors) => errors.map((error) => toldError(error, log)),
      onNext: (_context, _id, _payload, _args, { errors, data }) => {
        return errors ? { data: data ?? null, errors: errors.map((error) => toldError(error, log)) } : undefined;
      },
    },
    sockets,
  );

  function prepare(caller: Caller, running: number, { query, variables, operationName }: SubscribePayload) {
    if (running > MOST_OPERATIONS) return [new GraphQLError(`One connection takes ${MOST_OPERATIONS} operations at once.`)];
    const checked = checkDocument(schema, query);
    if ('errors' in checked) return checked.errors;
    const { document } = checked;
    const live = getOperationAST(document, operationName)?.operation === 'subscription';
    const contextValue = createContext(services, { caller, live, forgetCookie: () => undefined });
    return { schema, document, variableValues: variables ?? null, operationName: operationName ?? null, contextValue };
  }

  const timer = setInterval(() => {
    recheck().catch((error: unknown) => log.warn({ err: error }, 'Open connections could not be checked; trying again soon.'));
  }, RECHECK);

  async function recheck(): Promise<void> {
    const open = [...callers];
    const good = await stillGood(db, [...new Set(open.map(([, caller]) => caller.tokenId))]);
    for (const [socket, caller] of open) {
      if (!good.has(caller.tokenId)) socket.close(UNAUTHORIZED, 'NOT_SIGNED_IN: This token was revoked or is too old.');
    }
  }

  return {
    recheck,
    async close() {
      clearInterval(timer);
      server.off('upgrade', upgrade);
      await served.dispose();
    },
  };
}

/** Opens a WebSocket for our own pages and for programs, at one path. */
function upgrader(sockets: WebSocketServer, door: Door) {
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const path = request.url?.split('?')[0];
    const welcome = door.hostIsOurs(request) && door.originIsOurs(request);
    const refused = path !== '/graphql' ? '404 Not Found' : welcome ? null : '403 Forbidden';
    if (refused) socket.end(`HTTP/1.1 ${refused}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    else sockets.handleUpgrade(request, socket, head, (opened) => sockets.emit('connection', opened, request));
  };
}
