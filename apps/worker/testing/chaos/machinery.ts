import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kiln } from '@kiln/client/kiln';
import { createApiToken, ensureAdministrator } from '@kiln/db/accounts';
import { type Database, openDatabase } from '@kiln/db/connect';
import { type EmbeddedServer, startEmbedded } from '@kiln/db/embedded';
import { migrate } from '@kiln/db/migrate';
import { ensureBuiltins } from '@kiln/db/platforms';
import { findSealingKey } from '@kiln/db/sealing-key';
import type { BedEnv, loginNode } from '@kiln/testing/bed';
import { listen } from '@kiln/testing/listen';
import { installationName } from '../../keyring.ts';
import { registered } from '../registered.ts';
import { buildPrograms } from './programs.ts';
import { type OwnSshd, ownSshd } from './sshd.ts';
import { type Supervised, supervise } from './supervised.ts';

/** An installation every process of which can be killed, and comes again. */
export interface Machinery {
  /** All that it writes is below it. */
  readonly base: string;
  readonly home: string;
  /** For the harness itself; see `patiently`. */
  readonly db: Database;
  /** Where points are armed. */
  readonly control: string;
  /** The file in which tasks note that they began; outside of every job's directory. */
  readonly effects: string;
  /** Where workers keep temporary files. */
  readonly temporary: string;
  readonly postgres: { readonly data: string };
  readonly sshd: OwnSshd | null;
  readonly api: Supervised;
  readonly workers: readonly Supervised[];
  readonly kiln: Kiln;
  /** The roots of the jobs on the platforms over SSH. */
  readonly remoteRoots: readonly string[];
  /** What the commands of the cluster's scheduler need in their environment; null if there is none. */
  readonly cluster: BedEnv | null;
  close(): Promise<void>;
}

/** The platforms over SSH: an ordinary machine, and a cluster. */
export const REMOTE = 'far';
export const CLUSTER = 'cluster';
const WORKERS = 3;
/** Of each machine: fewer than the tasks of a job. */
const SLOTS = 2;

export type Login = Pick<Awaited<ReturnType<typeof loginNode>>, 'ssh' | 'slurm'>;

/** `login` is the bed with whose users and cluster the SSH server of this installation works; without it there is none. */
export async function startMachinery(login: Login | null): Promise<Machinery> {
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const base = await mkdtemp(join(tmpdir(), 'kiln-chaos-'));
    closing.push(() => rm(base, { recursive: true, force: true, maxRetries: 5 }));
    await chmod(base, 0o755);
    const place = await furnish(base);
    const [programs, server] = await Promise.all([buildPrograms(place.control), startDatabase(base)]);
    closing.push(programs.remove, server.stop);
    const db = openDatabase(server.url, { max: 6 });
    closing.push(db.close);
    await migrate(db);
    await ensureBuiltins(db, SLOTS);
    const { id: userId } = await ensureAdministrator(db);
    const { token } = await createApiToken(db, userId, 'chaos');
    const sshd = login && (await ownSshd(login.ssh));
    if (sshd) closing.push(sshd.close);

    const environment = { ...process.env, TMPDIR: place.temporary };
    const port = await freePort();
    const run = async (name: string, ...args: readonly string[]) => {
      const started = await supervise([process.execPath, ...args], environment, join(base, `${name}.log`));
      closing.push(started.stop);
      return started;
    };
    const worker = (name: string) => run(name, programs.worker, server.url, place.home, place.control);
    const workers: Supervised[] = [];
    for (let i = 1; i <= WORKERS; i += 1) workers.push(await worker(`worker-${i}`));
    const api = await run('api', programs.api, server.url, place.home, String(port));
    const remoteRoots = login && sshd ? await register(db, userId, login.ssh, sshd.port) : [];
    const kiln = new Kiln({ url: `http://127.0.0.1:${port}`, token });
    return {
      base,
      ...place,
      db,
      postgres: { data: join(base, 'postgres/data') },
      sshd,
      api,
      workers,
      kiln,
      remoteRoots,
      cluster: login?.slurm ?? null,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function furnish(base: string) {
  const [home, control, temporary, effects] = ['home', 'control', 'tmp', 'effects'].map((name) => join(base, name));
  if (!home || !control || !temporary || !effects) throw new Error('Four names make four paths.');
  for (const directory of [home, control, temporary]) await mkdir(directory);
  await chmod(control, 0o777); // runners of the users of the SSH server come to points, too
  await writeFile(effects, '');
  await chmod(effects, 0o666);
  return { home, control, temporary, effects };
}

/** Its processes are killed, not its machine: what it has written reaches the disk by itself. */
function startDatabase(base: string): Promise<EmbeddedServer> {
  return startEmbedded(join(base, 'postgres'), { fsync: 'off', full_page_writes: 'off' });
}

async function register(db: Database, ownerId: string, env: BedEnv, port: number): Promise<readonly string[]> {
  const connection = { host: env['SSH_HOST'] ?? '', port, user: env['SSH_USER'] ?? '', jumps: [] };
  const enrolment = { kind: 'password', password: env['SSH_PASSWORD'] ?? '' } as const;
  await patiently(() => findSealingKey(db)); // the first worker makes it
  const roots = new Set<string>();
  for (const [name, kind] of [
    [REMOTE, 'unix'],
    [CLUSTER, 'slurm'],
  ] as const) {
    const platform = await registered(db, ownerId, { name, kind, connection, enrolment, slots: SLOTS });
    if (platform.state !== 'ready' || !platform.facts) throw new Error(`${name} is not ready: ${JSON.stringify(platform.findings)}`);
    roots.add(join(platform.facts.root, installationName(await findSealingKey(db))));
  }
  return [...roots];
}

async function freePort(): Promise<number> {
  const { port, close } = await listen(() => {});
  await close();
  return port;
}

/** What fails because something was killed just now is tried again, for a minute. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + 60_000; ; await sleep(100)) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
