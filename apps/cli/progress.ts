import { hasEnded, type Job, type JobEventBatch, type Kiln, type Node } from '@kiln/client/kiln';
import { reportCuration } from './curation-text.ts';
import { Ended, EXIT } from './exit.ts';
import { Happenings } from './happenings.ts';
import { inBytes, lasting, many, took } from './screen/ago.ts';
import { type Piece, status, styled } from './screen/piece.ts';
import type { Screen } from './screen/screen.ts';

const BAR = 24;
/** What nodes wait for, and what the job moves, is no event: it is asked for. */
const LOOK = 5000;

/** Shows a job live until it has ended, and gives it as it is then. */
export async function watchJob(kiln: Kiln, job: Job, screen: Screen): Promise<Job> {
  const shown = new Shown(screen, job);
  let current = job;
  const clock = screen.terminal ? setInterval(() => shown.draw(), 1000).unref() : undefined;
  const look = setInterval(() => void lookAt(kiln, job, shown), LOOK).unref();
  try {
    shown.draw();
    if (!hasEnded(job)) await lookAt(kiln, job, shown);
    for await (const batch of kiln.watch(job.id, { after: job.lastSeq })) {
      current = batch.job;
      shown.take(batch);
    }
    if (!hasEnded(current)) current = await kiln.job(job.id);
  } finally {
    clearInterval(clock);
    clearInterval(look);
    screen.live([]);
  }
  return current;
}

/** Without an answer nothing is shown: why there is none, the watch itself tells. */
async function lookAt(kiln: Kiln, { id }: Job, shown: Shown): Promise<void> {
  const [nodes, now] = await Promise.all([kiln.nodes(id).catch(() => []), kiln.job(id).catch(() => null)]);
  shown.lookAt(nodes, now?.transfer ?? null);
}

/** How the job ended, how its tasks failed with what to do about it, what trying again has cost, and where its results are published. */
export async function reportOutcome(kiln: Kiln, job: Job, screen: Screen): Promise<void> {
  reportEnd(job, screen);
  const [failures, cost] = await Promise.all([job.counts.failed > 0 ? kiln.failures(job.id) : [], kiln.retryCost(job.id)]);
  for (const { code, count, advice } of failures) screen.line(`  ${many(count, 'task')} `, styled('bad', code), `: ${advice}`);
  if (cost.attempts > 0) {
    const tasks = cost.tasks === 1 ? '1 task was' : `${many(cost.tasks, 'task')} were`;
    screen.line(styled('quiet', `${tasks} tried again, ${many(cost.attempts, 'attempt')} for ${took(cost.lostMilliseconds)} in vain.`));
  }
  await reportCuration(kiln, job, screen);
}

/** How the job ended, in one or two lines. */
export function reportEnd(job: Job, screen: Screen): void {
  const after = job.endedAt === null ? '' : ` after ${took(Date.parse(job.endedAt) - Date.parse(job.createdAt))}`;
  screen.line('Job ', styled('strong', job.id), ' ', status(job.status), `${after}: ${countsOf(job)}.`);
  if (job.ending) screen.line(styled(job.status === 'failed' ? 'bad' : 'quiet', job.ending.message));
}

/** Throws the exit code of a job that did not succeed. */
export function endAs(job: Job): void {
  if (job.status !== 'succeeded') throw new Ended(EXIT.failed);
}

export function countsOf({ counts }: Job): string {
  const parts = [`${counts.succeeded.toLocaleString('en-US')} of ${many(counts.total, 'task')} succeeded`];
  if (counts.failed > 0) parts.push(`${counts.failed} failed`);
  if (counts.cancelled > 0) parts.push(`${counts.cancelled} cancelled`);
  return parts.join(', ');
}

class Shown {
  #job: Job;
  #tenth = -1;
  #blocked: string | undefined;
  readonly #happenings: Happenings;

  constructor(
    private readonly screen: Screen,
    job: Job,
  ) {
    this.#job = job;
    this.#happenings = new Happenings(job);
    if (!hasEnded(job)) screen.line('Job ', styled('strong', job.id), ` ${job.connector} is in stage `, styled('busy', job.stage), '.');
    this.#sayBlocked({ job, events: [] });
  }

  take(batch: JobEventBatch): void {
    this.#job = batch.job;
    for (const { at, pieces } of this.#happenings.take(batch)) this.#line(at, ...pieces);
    this.#sayBlocked(batch);
    this.#sayTasks(batch);
    this.draw();
  }

  lookAt(nodes: readonly Node[], transfer: Job['transfer']): void {
    if (hasEnded(this.#job)) return;
    this.#job = { ...this.#job, transfer };
    for (const { at, pieces } of this.#happenings.waits(nodes)) this.#line(at, ...pieces);
  }

  draw(): void {
    this.screen.live(hasEnded(this.#job) ? [] : bar(this.#job, this.screen.columns ?? 80));
  }

  #sayBlocked({ job, events }: Pick<JobEventBatch, 'job' | 'events'>): void {
    const why = job.blocked?.message;
    if (why !== undefined && why !== this.#blocked) this.#line(job.blocked?.since ?? '', status('blocked'), `: ${why}`);
    if (why === undefined && this.#blocked !== undefined && !hasEnded(job)) this.#line(events.at(-1)?.at ?? '', 'goes on');
    this.#blocked = why;
  }

  /** Off a terminal, where no bar moves, a line for every tenth. */
  #sayTasks({ job, events }: JobEventBatch): void {
    const tenth = job.counts.total === 0 ? -1 : Math.floor((doneOf(job) / job.counts.total) * 10);
    if (tenth !== this.#tenth && tenth > 0 && !this.screen.terminal) {
      this.#line(
        events.at(-1)?.at ?? '',
        `tasks ${doneOf(job)}/${job.counts.total}${job.counts.failed > 0 ? `, ${job.counts.failed} failed` : ''}`,
      );
    }
    this.#tenth = tenth;
  }

  #line(at: string, ...pieces: readonly Piece[]): void {
    this.screen.line(styled('quiet', clockTime(at)), '  ', ...pieces);
  }
}

function bar(job: Job, columns: number): Piece[] {
  const { total, running, failed } = job.counts;
  const done = doneOf(job);
  const filled = total === 0 ? 0 : Math.round((done / total) * BAR);
  const counts = ` ${done}/${total} tasks`;
  const more = [
    job.maximumIterations !== null && job.maximumIterations > 1 ? `iteration ${job.iteration}` : '',
    running > 0 ? `${running} running` : '',
    failed > 0 ? `${failed} failed` : '',
    job.transfer ? moved(job.transfer) : '',
    lasting(Date.now() - Date.parse(job.createdAt)),
  ];
  const rest = more
    .filter((part) => part !== '')
    .map((part) => ` · ${part}`)
    .join('');
  const line: Piece[] = [status(job.status === 'blocked' ? 'blocked' : 'active'), ` ${job.stage.padEnd(9)} `];
  const room = columns - 18;
  if (room >= BAR + counts.length + rest.length + 4)
    line.push(styled('good', '█'.repeat(filled)), styled('quiet', '░'.repeat(BAR - filled)));
  return [...line, (counts + rest).slice(0, Math.max(0, room))];
}

function moved({ direction, bytes, rate }: NonNullable<Job['transfer']>): string {
  return `${inBytes(bytes)} ${direction} at ${inBytes(rate)}/s`;
}

function doneOf({ counts }: Job): number {
  return counts.succeeded + counts.failed + counts.cancelled;
}

function clockTime(at: string): string {
  const moment = new Date(at === '' ? Date.now() : at);
  return Number.isNaN(moment.getTime()) ? '' : moment.toTimeString().slice(0, 8);
}
