import { hasEnded, type Job, type Kiln } from '@kiln/client/kiln';
import type { LogWriter } from './log-writer.ts';

/** Logs followed at once; the tasks beyond are printed as soon as one of these has ended. */
const AT_ONCE = 16;

/** Prints the log of one task, or of every task from when it begins, until the job has ended. */
export async function followLogs(
  kiln: Kiln,
  job: Job,
  only: number | undefined,
  stream: 'STDOUT' | 'STDERR',
  writer: LogWriter,
): Promise<void> {
  const followers = new Followers((task) => follow(kiln, job.id, task, stream, writer));
  if (only !== undefined) {
    if (hasEnded(job) || (await hasBegun(kiln, job, only))) return follow(kiln, job.id, only, stream, writer);
  } else {
    for await (const { number } of kiln.tasks(job.id, { states: ['running', 'succeeded', 'failed'] })) followers.add(number);
  }
  for await (const { events } of kiln.watch(job.id, { after: job.lastSeq })) {
    for (const { kind, subject, to } of events) {
      if (kind !== 'task') continue;
      if (to === 'waiting') followers.expectAgain(Number(subject));
      if (to === 'waiting' || to === 'scheduled') continue;
      if (only === undefined || only === Number(subject)) followers.add(Number(subject));
    }
    if (only !== undefined && followers.known > 0) break;
    followers.throwIfFailed();
  }
  await followers.done();
}

async function hasBegun(kiln: Kiln, job: Job, task: number): Promise<boolean> {
  for await (const { number } of kiln.tasks(job.id, { states: ['running', 'succeeded', 'failed'] })) {
    if (number === task) return true;
  }
  return false;
}

async function follow(kiln: Kiln, id: string, task: number, stream: 'STDOUT' | 'STDERR', writer: LogWriter): Promise<void> {
  for await (const chunk of kiln.logs(id, task, { stream, follow: true })) writer.write(task, chunk);
  writer.end(task);
}

/** Runs one follower per task, a bounded number at a time, in the order in which the tasks became known. */
class Followers {
  readonly #seen = new Set<number>();
  readonly #waiting: number[] = [];
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(private readonly start: (task: number) => Promise<void>) {}

  get known(): number {
    return this.#seen.size;
  }

  add(task: number): void {
    if (this.#seen.has(task)) return;
    this.#seen.add(task);
    this.#waiting.push(task);
    this.#fill();
  }

  /** Another attempt of it has another log. */
  expectAgain(task: number): void {
    this.#seen.delete(task);
  }

  throwIfFailed(): void {
    if (this.#failure) throw this.#failure.error;
  }

  async done(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running);
    this.throwIfFailed();
  }

  #fill(): void {
    while (this.#running.size < AT_ONCE && !this.#failure) {
      const task = this.#waiting.shift();
      if (task === undefined) return;
      const work: Promise<void> = this.start(task)
        .catch((error: unknown) => {
          this.#failure ??= { error };
        })
        .finally(() => {
          this.#running.delete(work);
          this.#fill();
        });
      this.#running.add(work);
    }
  }
}
