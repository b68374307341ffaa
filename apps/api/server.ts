import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAsker } from '@kiln/db/asks';
import type { Database } from '@kiln/db/connect';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import type { Services } from './context.ts';
import { createDoor } from './door.ts';
import { createHub } from './hub.ts';
import { buildApiSchema } from './schema.ts';
import { sessionCookie } from './session.ts';
import { openSockets, type Sockets } from './sockets.ts';
import { watchCatalog } from './watch-catalog.ts';

export interface ApiOptions {
  /** Migrated, and with the built-in platforms. It stays open when the API closes. */
  readonly db: Database;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Where the built dashboard lies. */
  readonly dashboardDirectory: string;
  /** Payload folders; of two connectors with the same name the one in the earlier folder counts. */
  readonly payloadFolders: readonly string[];
  readonly kilnHome: string;
  readonly log: Logger;
  /** Serves Apollo Sandbox at /graphql, for development. */
  readonly sandbox: boolean;
  /** The address that people use, if it is another than the one listened on. */
  readonly publicUrl?: string;
}

export interface Api {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the GraphQL API, its subscriptions, output files, the sign-in and the dashboard on one port. */
export async function startApi(options: ApiOptions): Promise<Api> {
  const { db, log } = options;
  const opened: (() => Promise<void>)[] = [];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const catalog = await watchCatalog(db, { folders: options.payloadFolders, cache: join(options.kilnHome, 'cache') }, log);
    opened.push(() => catalog.close());
    const hub = await createHub(db, log);
    opened.push(() => hub.close());
    const asker = await createAsker(db);
    opened.push(() => asker.close());
    let sockets: Sockets | null = null;
    const services: Services = { db, hub, asker, catalog, log, recheckSockets: async () => sockets?.recheck() };

    let handle: RequestListener = starting;
    const server = createServer((request, response) => handle(request, response));
    const port = await listening(server, options);
    opened.push(() => closed(server));
    const cookie = sessionCookie(port, options.publicUrl?.startsWith('https:') ?? false);
    const door = createDoor(options.host, options.publicUrl);
    const schema = buildApiSchema();
    const app = await createApp({ ...options, services, schema, door, cookie });
    opened.push(app.close);
    sockets = openSockets({ server, schema, services, door, cookie });
    opened.push(sockets.close);
    handle = app.handler;
    const url = options.publicUrl ?? `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`;
    log.info({ url }, 'The API is listening.');
    return { url, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** What calls get between the opening of the port and the readiness of the rest. */
const starting: RequestListener = (_request, response) => {
  response.writeHead(503, { 'Retry-After': '1', 'Content-Type': 'text/plain; charset=utf-8' }).end('Kiln is starting.');
};

function listening(server: Server, { host, port }: ApiOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port); // it listens on a port, not on a pipe
    });
  });
}

/** Calls that are under way are finished; connections that only wait are closed. */
function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 5000).unref();
  });
}
