import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { KnownError } from '@kiln/domain';
import { embeddedBinaries } from './embedded-binaries.ts';
import { giveTo, serverIdentity } from './embedded-identity.ts';
import { findServer } from './embedded-lock.ts';
import { type Identity, runProgram, type ServerProcess, startServer } from './embedded-process.ts';

export interface EmbeddedServer {
  readonly url: string;
  /** Stops the server if this process started it; a server that was found running is left alone. */
  stop(): Promise<void>;
}

interface Place {
  /** Postgres' own data directory. */
  readonly data: string;
  readonly log: string;
  readonly bin: string;
  readonly identity: Identity;
}

const USER = 'kiln';
/** Inside the data directory, so that cluster and password appear together. */
const PASSWORD_FILE = 'kiln-password';
/** A port may be taken between choosing and using it, or another process may start the server first. */
const ATTEMPTS = 10;
/** Milliseconds before a server that ended unasked is started again. */
const RESTART_PAUSE = 500;

/**
 * A PostgreSQL server of our own on a free port of the loopback interface, with its data below `directory`. It ends with
 * this process, however this process ends, and is started again if it ends before. A server that runs on the directory already is used as it is.
 * `settings` are PostgreSQL's, as in `{ fsync: 'off' }`.
 */
export async function startEmbedded(directory: string, settings: Readonly<Record<string, string>> = {}): Promise<EmbeddedServer> {
  const place = await prepare(directory);
  if (!existsSync(join(place.data, 'PG_VERSION'))) await createCluster(directory, place);
  for (let attempt = 1; ; attempt += 1) {
    const running = await findServer(place.data);
    if (running) return { url: await urlOf(place, running.port), stop: async () => undefined };
    const port = await freePort();
    const server = await launch(place, settings, port);
    if (server) return { url: await urlOf(place, port), stop: keepRunning(server, () => launch(place, settings, port)) };
    await sleep(50 * attempt);
    if (attempt === ATTEMPTS) {
      throw new KnownError(
        'INTERNAL',
        `The embedded database does not start; its log ${place.log} ends with: ${await lastLines(place.log)}`,
      );
    }
  }
}

async function prepare(directory: string): Promise<Place> {
  const bin = await embeddedBinaries();
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const root = await realpath(directory);
  return { data: join(root, 'data'), log: join(root, 'server.log'), bin, identity: await serverIdentity(root, join(bin, 'postgres')) };
}

/** Made aside and moved into place whole: of several processes that do this at once, one wins and the others use what it made. */
async function createCluster(directory: string, place: Place): Promise<void> {
  const aside = await mkdtemp(join(await realpath(directory), 'new-'));
  const passwordFile = join(aside, PASSWORD_FILE);
  const data = join(aside, 'data');
  try {
    await mkdir(data, { mode: 0o700 });
    await writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
    await giveTo(place.identity, aside);
    await runProgram(place.identity, join(place.bin, 'initdb'), [
      `--pgdata=${data}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C.UTF-8',
      '--locale-provider=builtin',
      '--no-instructions',
    ]);
    await rename(passwordFile, join(data, PASSWORD_FILE));
    await rename(data, place.data).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Undefined when the server ended before it was ready: the port was taken, or another process was faster. */
async function launch(place: Place, settings: Readonly<Record<string, string>>, port: number): Promise<ServerProcess | undefined> {
  await giveTo(place.identity, place.data);
  const options = Object.entries({ max_connections: '200', ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const args = ['-D', place.data, '-h', '127.0.0.1', '-k', '', '-p', String(port), ...options];
  const server = await startServer(place.identity, join(place.bin, 'postgres'), args, place.log);
  while (server.running()) {
    if (await findServer(place.data)) return server;
    await sleep(20);
  }
  return undefined;
}

/** Starts a server that ends unasked again, on the same port, until the returned function stops it for good. */
function keepRunning(first: ServerProcess, again: () => Promise<ServerProcess | undefined>): () => Promise<void> {
  let stopped = false;
  let server: ServerProcess | undefined = first;
  const watching = (async () => {
    while (!stopped) {
      await server?.ended.catch(() => undefined); // however it ended, it is started again
      if (!stopped) await sleep(RESTART_PAUSE, undefined, { ref: false });
      if (!stopped) server = await again();
    }
    await server?.stop();
  })();
  return async () => {
    stopped = true;
    await server?.stop();
    await watching;
  };
}

async function urlOf(place: Place, port: number): Promise<string> {
  const password = await readFile(join(place.data, PASSWORD_FILE), 'utf8');
  return `postgresql://${USER}:${password}@127.0.0.1:${port}/postgres`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === 'object' ? resolve(address.port) : reject(new Error('No free port.'))));
    });
  });
}

async function lastLines(log: string): Promise<string> {
  const text = existsSync(log) ? await readFile(log, 'utf8') : '';
  return text.trim().split('\n').slice(-5).join(' | ') || '(nothing)';
}
