import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from '@kiln/testing/random';
import type { Machinery } from './machinery.ts';
import { numberOf, type RunnerProcess, runners, signal } from './processes.ts';
import { anotherBegins, goOnLate } from './stand-still.ts';

/**
 * What is killed where a worker comes to a point, or at any moment. `postgres` is the whole server, `backend` one process of it; `runner` a
 * batch's own process, `slot` one that watches a task. `pause` kills nobody: a worker stands still until others have taken its job on, and
 * then goes on as if it still had it.
 */
export const VICTIMS = ['worker', 'postgres', 'backend', 'sshd', 'api', 'runner', 'slot', 'pause'] as const;
/** What is killed where a slot comes to a point: itself; the runner with all of its slots; the runner, and the slot goes on beside the next. */
export const SLOT_VICTIMS = ['slot', 'batch', 'late'] as const;
/** What is killed where a batch is being submitted: what does that on the login node, or its connection. */
export const SUBMIT_VICTIMS = ['submitter', 'sshd'] as const;
export type Victim = (typeof VICTIMS)[number] | (typeof SLOT_VICTIMS)[number] | (typeof SUBMIT_VICTIMS)[number];

export function victimsHere(remote: boolean): readonly Victim[] {
  return VICTIMS.filter((victim) => remote || victim !== 'sshd');
}

/** Who comes to a point, or asks for something. */
export interface Near {
  readonly pid: number;
  /** For this job; null if nobody can say. */
  readonly job: number | null;
}

export interface Killed {
  /** For people; it begins with the victim's name. */
  readonly what: string;
  /** Resolves when whoever came to the point may go on. */
  readonly over: Promise<void>;
}

/** Kills one; `near` is who came to the point at which that happens: it is that worker, or the runner of that job. Null if there is none. */
export async function killOne(victim: Victim, machinery: Machinery, random: Random, near: Near | null): Promise<Killed | null> {
  switch (victim) {
    case 'worker': {
      const worker = machinery.workers.find((one) => one.pid() === near?.pid) ?? anyWorker(machinery, random);
      const pid = worker?.pid();
      return worker?.kill() ? dead(`worker ${pid}`) : null;
    }
    case 'api':
      return machinery.api.kill() ? dead('api') : null;
    case 'sshd':
      return (await machinery.sshd?.kill()) ? dead('sshd') : null;
    case 'postgres': {
      const pid = Number((await readFile(join(machinery.postgres.data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0]);
      return pid > 0 && kill(pid) ? dead('postgres') : null; // 0 and less would be groups
    }
    case 'pause': {
      const pid = near?.pid ?? anyWorker(machinery, random)?.pid();
      if (!pid || !signal(pid, 'SIGSTOP')) return null;
      return { what: `pause of worker ${pid}`, over: goOnLate(pid, machinery, near?.job ?? null) };
    }
    case 'submitter':
      return near && kill(near.pid) ? dead(`submitter of job ${near.job}`) : null;
    case 'backend':
      return killBackend(machinery, random);
    default:
      return killRunner(victim, machinery, random, near);
  }
}

function dead(what: string): Killed {
  return { what, over: Promise.resolve() };
}

function kill(pid: number): boolean {
  return signal(pid, 'SIGKILL');
}

function anyWorker({ workers }: Machinery, random: Random): Machinery['workers'][number] | undefined {
  return workers[random.between(0, workers.length - 1)];
}

/** The server then ends its other processes, too, and recovers as from a crash. */
async function killBackend({ db }: Machinery, random: Random): Promise<Killed | null> {
  const found = await db.pool
    .query<{ pid: number }>(
      "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() order by pid",
    )
    .catch(() => null); // The server is away.
  const row = found?.rows[random.between(0, Math.max(0, (found.rowCount ?? 1) - 1))];
  return row && kill(row.pid) ? dead('backend') : null;
}

type RunnersVictim = 'runner' | (typeof SLOT_VICTIMS)[number];

async function killRunner(victim: RunnersVictim, machinery: Machinery, random: Random, near: Near | null): Promise<Killed | null> {
  const all = await runners(machinery);
  const one = chosen(
    all.filter(({ first, script }) => (victim === 'slot' ? !first && script === 'main.sh' : first)),
    random,
    near,
  );
  if (!one || !kill(one.pid)) return null;
  const { directory, batch } = one;
  if (victim === 'batch') for (const other of all) if (other.directory === directory && other.batch === batch) kill(other.pid);
  const what = `${victim} of job ${numberOf(directory)}, ${batch}`;
  return victim === 'late' ? { what, over: anotherBegins(machinery, one) } : dead(what);
}

/** Who came to the point, or else one of its job, or else any. */
function chosen(all: readonly RunnerProcess[], random: Random, near: Near | null): RunnerProcess | undefined {
  const itself = all.find(({ pid }) => pid === near?.pid);
  if (itself) return itself;
  const its = all.filter(({ directory }) => numberOf(directory) === near?.job);
  const some = its.length > 0 ? its : all;
  return some[random.between(0, Math.max(0, some.length - 1))];
}

/**
 * Whether a task of this job may have needed one more attempt for it: its end was seen by nobody, or a slot had said that it begins the
 * task when it saw that its runner was replaced.
 */
export function isShaken(job: number, what: string): boolean {
  return [...SLOT_VICTIMS, 'runner'].some((victim) => what.startsWith(`${victim} of job ${job},`));
}
