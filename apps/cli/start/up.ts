import { chmod, mkdir } from 'node:fs/promises';
import type { Environment } from '../context.ts';
import { writeAddressFile } from './address-file.ts';
import { Closers } from './closers.ts';
import { askControl, holdControl } from './control.ts';
import { openOwnDatabase } from './database.ts';
import { openLog } from './logs.ts';
import { requireFolders } from './payload-folders.ts';
import type { Kept } from './retention.ts';
import { serveApi, serveWorker } from './services.ts';
import { makeCliToken, makeSignInLink } from './sign-in-link.ts';

export interface StartOptions {
  readonly home: string;
  /** The repository's own folder. */
  readonly installation: string;
  readonly host: string;
  readonly port: number;
  /** Folders of connectors besides the installation's and the home's. */
  readonly payloads: readonly string[];
  readonly databaseUrl: string | undefined;
  readonly environment: Environment;
  readonly sandbox: boolean;
  /** Server logs on standard error too. */
  readonly verbose: boolean;
  readonly kept: Kept;
}

/** A Kiln that runs on this machine. */
export interface Running {
  readonly url: string;
  /** False: another process runs it. */
  readonly ours: boolean;
  signInLink(): Promise<string>;
  /** Stops what this process started; does nothing if another process runs it. */
  close(): Promise<void>;
}

/** Database, API and worker in this process, or the Kiln that runs on this home already. */
export async function startKiln(options: StartOptions): Promise<Running> {
  await requireFolders(options.payloads);
  await mkdir(options.home, { recursive: true });
  await chmod(options.home, 0o700); // `kiln connector new` may have made it before
  const starting = deferred<Assembled>();
  starting.promise.catch(() => undefined); // it is thrown below; other processes that ask hear of it, too
  const control = await holdControl(options.home, {
    'sign-in': async () => (await starting.promise).signInLink(),
    database: async () => (await starting.promise).databaseUrl,
    address: async () => (await starting.promise).url,
  });
  if (!control) return alreadyRunning(options.home);
  const closers = new Closers();
  closers.add(() => control.close());
  try {
    const assembled = await assemble(options, closers);
    starting.resolve(assembled);
    return { url: assembled.url, ours: true, signInLink: assembled.signInLink, close: () => closers.close() };
  } catch (error) {
    starting.reject(error);
    await closers.close();
    throw error;
  }
}

interface Assembled {
  readonly url: string;
  readonly databaseUrl: string;
  signInLink(): Promise<string>;
}

async function assemble(options: StartOptions, closers: Closers): Promise<Assembled> {
  const { home } = options;
  const logs = openLog(home, 'kiln', options.verbose, options.kept.logs);
  closers.add(async () => logs.close());
  const database = await openOwnDatabase(home, options.databaseUrl);
  closers.add(() => database.close());
  const { db } = database;
  const services = { ...options, db, log: logs.log };
  const worker = await serveWorker(services);
  closers.add(() => worker.close());
  const api = await serveApi(services);
  closers.add(() => api.close());
  await writeAddressFile(home, api.url, () => makeCliToken(db));
  return { url: api.url, databaseUrl: db.url, signInLink: () => makeSignInLink(db, api.url) };
}

async function alreadyRunning(home: string): Promise<Running> {
  const url = (await askControl(home, 'address')) ?? '';
  return { url, ours: false, signInLink: async () => (await askControl(home, 'sign-in')) ?? url, close: async () => undefined };
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
