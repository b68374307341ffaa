import type { Database } from '@kiln/db/connect';
import type { Logger } from 'pino';
import { join } from 'node:path';
import { CommandError, EXIT } from '../exit.ts';
import { field } from './field.ts';
import { payloadFolders } from './payload-folders.ts';

export interface ServiceOptions {
  readonly db: Database;
  readonly log: Logger;
  readonly home: string;
  readonly installation: string;
  readonly payloads: readonly string[];
}

export interface ApiOptions extends ServiceOptions {
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string | undefined;
}

/** The API and dashboard of this installation. */
export async function serveApi(options: ApiOptions): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { startApi } = await import('@kiln/api/server');
  const { db, host, port, home, publicUrl } = options;
  try {
    return await startApi({
      db,
      host,
      port,
      kilnHome: home,
      payloads: payloadFolders(options),
      dashboard: join(options.installation, 'dist/dashboard'),
      log: options.log.child({ part: 'api' }),
      ...(publicUrl === undefined ? {} : { publicUrl }),
    });
  } catch (error) {
    throw portSentence(error, options);
  }
}

/** A worker of this installation. */
export async function serveWorker(options: ServiceOptions & { readonly concurrency?: number | undefined }): Promise<{ close(): Promise<void> }> {
  const { startWorker } = await import('@kiln/worker/worker');
  const { db, home, concurrency } = options;
  return startWorker({ db, kilnHome: home, log: options.log.child({ part: 'worker' }), ...(concurrency === undefined ? {} : { concurrency }) });
}

function portSentence(error: unknown, { host, port }: ApiOptions): unknown {
  const code = field(error, 'code');
  if (code === 'EADDRINUSE') return new CommandError(`Port ${port} of ${host} is taken by another program: choose another one with --port, or 0 for a free one.`, EXIT.failed);
  if (code === 'EACCES') return new CommandError(`Port ${port} of ${host} is not allowed to you: choose one above 1023 with --port.`, EXIT.failed);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return new CommandError(`${host} is not an address of this machine: choose another one with --host.`, EXIT.failed);
  return error;
}
