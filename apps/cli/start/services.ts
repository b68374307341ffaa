import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@kiln/db/connect';
import type { Logger } from 'pino';
import type { Environment } from '../context.ts';
import { CommandError, EXIT } from '../exit.ts';
import { field } from './field.ts';
import { payloadFolders } from './payload-folders.ts';
import type { Kept } from './retention.ts';

export interface WorkerOptions {
  readonly db: Database;
  readonly log: Logger;
  readonly home: string;
  /** Of this process; payloads get the harmless part of it. */
  readonly environment: Environment;
  /** Jobs advanced at once. */
  readonly concurrency?: number | undefined;
  readonly kept: Kept;
}

export interface ApiOptions {
  readonly db: Database;
  readonly log: Logger;
  readonly home: string;
  readonly installation: string;
  readonly payloads: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string | undefined;
  /** Serves Apollo Sandbox at /graphql, for development. */
  readonly sandbox: boolean;
}

/** The API and dashboard of this installation. */
export async function serveApi(options: ApiOptions): Promise<{ readonly url: string; close(): Promise<void> }> {
  const [{ startApi }, { ensureBuiltins }] = await Promise.all([import('@kiln/api/server'), import('@kiln/db/platforms')]);
  const { db, host, port, home, publicUrl } = options;
  await ensureBuiltins(db, availableParallelism());
  try {
    return await startApi({
      db,
      host,
      port,
      kilnHome: home,
      payloadFolders: payloadFolders(options),
      dashboardDirectory: join(options.installation, 'dist/dashboard'),
      log: options.log.child({ part: 'api' }),
      sandbox: options.sandbox,
      ...(publicUrl === undefined ? {} : { publicUrl }),
    });
  } catch (error) {
    throw portSentence(error, options);
  }
}

/** A worker of this installation. */
export async function serveWorker({ db, home, log, environment, concurrency, kept }: WorkerOptions): Promise<{ close(): Promise<void> }> {
  const { startWorker } = await import('@kiln/worker/worker');
  return startWorker({
    db,
    kilnHome: home,
    environment,
    log: log.child({ part: 'worker' }),
    retention: kept,
    ...(concurrency === undefined ? {} : { concurrency }),
  });
}

function portSentence(error: unknown, { host, port }: ApiOptions): unknown {
  const code = field(error, 'code');
  if (code === 'EADDRINUSE')
    return new CommandError(
      `Port ${port} of ${host} is taken by another program: choose another one with --port, or 0 for a free one.`,
      EXIT.failed,
    );
  if (code === 'EACCES')
    return new CommandError(`Port ${port} of ${host} is not allowed to you: choose one above 1023 with --port.`, EXIT.failed);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new CommandError(`${host} is not an address of this machine: choose another one with --host.`, EXIT.failed);
  return error;
}
