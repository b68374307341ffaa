import { KnownError, type Limits, type SchedulerFacts, type SchedulerKind } from '@kiln/domain';
import { Pace, pause } from '../shells/pace.ts';
import type { RunResult, Shell } from '../shells/shell.ts';
import { firstLines } from './refusal.ts';
import type { EndedElement, QueueEntry, Scheduler } from './scheduler.ts';

/** One question to the scheduler within this time serves all jobs; milliseconds. */
const TICK = 5000;
/** A submission that would have to wait longer gives its place in the worker to others; milliseconds. */
const PATIENCE = 3000;

/** What the scheduler said of all jobs of the login. */
export interface Snapshot {
  /** By the login node's clock, in seconds since 1970: when the question was asked. */
  readonly askedAt: number;
  readonly entries: readonly QueueEntry[];
}

/** A batch scheduler as all jobs of one login share it. */
export interface Cluster {
  readonly scheduler: Scheduler;
  readonly facts: SchedulerFacts;
  readonly limits: Limits;
  /** At most a tick old; with `fresh`, asked after the call. */
  queue(options?: { readonly fresh?: boolean }): Promise<Snapshot>;
  /** How the elements of a job ended, as far as the scheduler still knows. */
  history(job: string): Promise<readonly EndedElement[]>;
  cancel(jobs: readonly string[]): Promise<void>;
  /** When something odd was first seen, by what it was seen of; milliseconds since 1970. */
  readonly odd: Map<string, number>;
  /** Resolves when courtesy allows another submission. @throws KnownError PLATFORM_BUSY if that is not soon */
  maySubmit(): Promise<void>;
}

/** `shell` is on the login node. */
export function createCluster(scheduler: Scheduler, facts: SchedulerFacts, limits: Limits, shell: Shell): Cluster {
  const submissions = new Pace(limits.submissionsPerMinute / 60, Math.max(1, limits.submissionsPerMinute / 3));
  let last: { readonly at: number; readonly snapshot: Snapshot } | null = null;
  let asking: Promise<Snapshot> | null = null;

  async function ask(): Promise<Snapshot> {
    const { code, stdout, stderr } = await shell.run([
      'sh',
      '-c',
      `date +%s; ${FOUND}`,
      'sh',
      PROGRAM[scheduler.kind],
      ...scheduler.status,
    ]);
    if (code !== 0) throw silent(stderr || stdout);
    const end = stdout.indexOf('\n');
    const snapshot = { askedAt: Number(stdout.slice(0, end)), entries: scheduler.parseStatus(stdout.slice(end + 1)) };
    last = { at: Date.now(), snapshot };
    return snapshot;
  }

  function askOnce(): Promise<Snapshot> {
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  }

  const run = (argv: readonly string[]): Promise<RunResult> => shell.run(withPath(scheduler.kind, argv));

  return {
    scheduler,
    facts,
    limits,
    odd: new Map(),
    async queue({ fresh = false } = {}) {
      if (!fresh && last && Date.now() - last.at < TICK) return last.snapshot;
      if (fresh && asking) await asking.catch(() => undefined); // it was asked before this call
      return askOnce();
    },
    async history(job) {
      for (const argv of scheduler.history(job)) {
        const { code, stdout } = await run(argv);
        const ended = code === 0 ? scheduler.parseHistory(stdout) : [];
        if (ended.length > 0) return ended;
      }
      return [];
    },
    async cancel(jobs) {
      if (jobs.length > 0) await run(scheduler.cancel(jobs)); // what is gone already is an error to some schedulers: the queue tells
    },
    async maySubmit() {
      const wait = submissions.take(PATIENCE);
      if (wait !== null) return pause(wait);
      const message = `No more than ${limits.submissionsPerMinute} submissions a minute are allowed there; this job's is next.`;
      throw new KnownError('PLATFORM_BUSY', message, { retryable: true });
    },
  };
}

/** By this program it is known whether the scheduler's commands are found; its own command lines may begin with `env` or `sh`. */
const PROGRAM: Readonly<Record<SchedulerKind, string>> = { slurm: 'squeue', pbs: 'qstat', sge: 'qstat' };

/** Where the scheduler's commands are found only by login shells, a login shell runs them. */
const FOUND =
  'p=$1; shift; if command -v "$p" >/dev/null 2>&1 || ! command -v bash >/dev/null 2>&1; then exec "$@"; fi; exec bash -lc \'exec "$@"\' bash "$@"';

export function withPath(kind: SchedulerKind, argv: readonly string[]): readonly string[] {
  return ['sh', '-c', FOUND, 'sh', PROGRAM[kind], ...argv];
}

function silent(words: string): KnownError {
  return new KnownError('PLATFORM_UNAVAILABLE', `The scheduler does not answer: ${firstLines(words) || 'it says nothing'}`, {
    retryable: true,
  });
}
