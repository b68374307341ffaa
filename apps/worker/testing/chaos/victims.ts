import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Random } from '@kiln/testing/random';
import type { Machinery } from './machinery.ts';
import type { Hit } from './points.ts';

/**
 * `postgres` is the whole server, `backend` one process of it; `runner` a batch's own process, `slot` one that watches a task. `pause` kills
 * nobody: a worker stands still for longer than its deadline, and then goes on as if it still had its jobs.
 */
export const VICTIMS = ['worker', 'postgres', 'backend', 'sshd', 'api', 'runner', 'slot', 'pause'] as const;
export type Victim = (typeof VICTIMS)[number];

/** What was killed, for people; null if there was nothing of the kind. */
export type Killed = string | null;

/** How long a worker stands still, in milliseconds: others take its jobs over meanwhile. */
const PAUSE = 2500;

/** Kills one; `near` is who came to the point at which that happens: of several runners, the one of that job goes. */
export async function killOne(victim: Victim, machinery: Machinery, random: Random, near: Hit | null): Promise<Killed> {
  switch (victim) {
    case 'worker': {
      const worker = machinery.workers[random.between(0, machinery.workers.length - 1)];
      const pid = worker?.pid();
      return worker?.kill() ? `worker ${pid}` : null;
    }
    case 'api':
      return machinery.api.kill() ? 'api' : null;
    case 'sshd':
      return (await machinery.sshd?.kill()) ? 'sshd' : null;
    case 'postgres': {
      const pid = Number((await readFile(join(machinery.postgres.data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);
      return pid > 0 && kill(pid) ? 'postgres' : null; // 0 and less would be groups
    }
    case 'pause': {
      const pid = near?.pid ?? machinery.workers[random.between(0, machinery.workers.length - 1)]?.pid();
      if (!pid || !signal(pid, 'SIGSTOP')) return null;
      setTimeout(() => signal(pid, 'SIGCONT'), PAUSE);
      return `pause of worker ${pid}`;
    }
    case 'backend':
      return killBackend(machinery, random);
    case 'runner':
    case 'slot':
      return killRunner(victim, machinery, random, near?.job ?? null);
  }
}

/** The server then ends its other processes, too, and recovers as from a crash. */
async function killBackend({ db }: Machinery, random: Random): Promise<Killed> {
  const found = await db.pool
    .query<{ pid: number }>(
      "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() order by pid",
    )
    .catch(() => null); // The server is away.
  const row = found?.rows[random.between(0, Math.max(0, (found.rowCount ?? 1) - 1))];
  return row && kill(row.pid) ? 'a backend' : null;
}

export interface RunnerProcess {
  readonly pid: number;
  readonly directory: string;
  readonly batch: string;
  readonly script: string;
  /** The runner itself, and not one of its slots. */
  readonly first: boolean;
}

async function killRunner(victim: 'runner' | 'slot', machinery: Machinery, random: Random, near: number | null): Promise<Killed> {
  const all = (await runners(machinery)).filter(({ first, script }) => (victim === 'runner' ? first : !first && script === 'main.sh'));
  const its = near === null ? [] : all.filter(({ directory }) => numberOf(directory) === near);
  const chosen = its.length > 0 ? its : all;
  const one = chosen[random.between(0, Math.max(0, chosen.length - 1))];
  return one && kill(one.pid) ? `${victim} of job ${numberOf(one.directory)}, ${one.batch}` : null;
}

/** Every process of a runner below the installation's roots. */
export async function runners({ home, remoteRoot }: Pick<Machinery, 'home' | 'remoteRoot'>): Promise<readonly RunnerProcess[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => {
      const words = (await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '')).split('\0');
      const at = words.findIndex((word) => word.endsWith('/.kiln/runner.sh'));
      const [directory = '', batch = '', script = ''] = words.slice(at + 1);
      const ours = at >= 0 && [home, remoteRoot].some((root) => root !== null && directory.startsWith(`${root}/`));
      if (!ours) return [];
      const first = (await readFile(join(directory, '.kiln/batches', batch, 'runner'), 'utf8').catch(() => '')).split(' ')[0];
      return [{ pid: Number(id), directory, batch, script, first: first === id }];
    }),
  );
  return found.flat();
}

/** The job whose directory it is. */
export function numberOf(directory: string): number {
  return Number(/(\d+)$/.exec(basename(directory))?.[1]);
}

function kill(pid: number): boolean {
  return signal(pid, 'SIGKILL');
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false; // It has just ended.
  }
}
