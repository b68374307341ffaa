import { hasEnded, type Kiln, type Sweep, type SweepChangedBatch } from '@kiln/client/kiln';
import { Ended, EXIT } from './exit.ts';
import { lasting, many, took } from './screen/ago.ts';
import { type Piece, status, styled } from './screen/piece.ts';
import type { Screen } from './screen/screen.ts';

const BAR = 24;
/** Failed jobs that are told one by one. */
const TOLD = 20;

/** Shows a sweep live until all its jobs have ended, and gives it as it is then. */
export async function watchSweep(kiln: Kiln, sweep: Sweep, screen: Screen): Promise<Sweep> {
  let current = sweep;
  let tenth = tenthOf(sweep);
  const told = new Set<string>();
  const draw = () => screen.live(hasEnded(current) ? [] : bar(current, screen.columns ?? 80));
  const clock = screen.terminal ? setInterval(draw, 1000).unref() : undefined;
  try {
    if (!hasEnded(sweep)) screen.line('Sweep ', styled('strong', sweep.id), ` ${sweep.connector}: ${wordsOf(sweep)}.`);
    draw();
    for await (const batch of kiln.sweeps.watch(sweep.id, { after: sweep.lastSeq })) {
      current = batch.sweep;
      tellFailures(batch, told, screen);
      if (!screen.terminal && tenthOf(current) !== tenth) screen.line(`${wordsOf(current)}.`);
      tenth = tenthOf(current);
      draw();
    }
    if (!hasEnded(current)) current = await kiln.sweeps.get(sweep.id);
  } finally {
    clearInterval(clock);
    screen.live([]);
  }
  return current;
}

/** How the sweep ended, or how it is. */
export function reportSweep(sweep: Sweep, screen: Screen): void {
  const after = sweep.endedAt === null ? '' : ` after ${took(Date.parse(sweep.endedAt) - Date.parse(sweep.createdAt))}`;
  screen.line('Sweep ', styled('strong', sweep.id), ' ', status(sweep.status), `${after}: ${wordsOf(sweep)}.`);
}

/** Throws the exit code of a sweep of which a job did not succeed. */
export function endAsSweep(sweep: Sweep): void {
  if (sweep.status !== 'succeeded') throw new Ended(EXIT.failed);
}

/** `3 of 8 jobs succeeded, 1 failed, 2 active, 2 waiting`. */
export function wordsOf({ counts }: Sweep): string {
  const parts = [`${counts.succeeded.toLocaleString('en-US')} of ${many(counts.total, 'job')} succeeded`];
  for (const state of ['failed', 'cancelled', 'blocked', 'active', 'waiting'] as const) {
    if (counts[state] > 0) parts.push(`${counts[state].toLocaleString('en-US')} ${state}`);
  }
  return parts.join(', ');
}

/** `a=1 b=x`. */
export function pointText(point: Readonly<Record<string, unknown>> | null): string {
  return Object.entries(point ?? {})
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function tellFailures({ jobs }: SweepChangedBatch, told: Set<string>, screen: Screen): void {
  for (const job of jobs) {
    if (job.status !== 'failed' || told.has(job.id) || told.size > TOLD) continue;
    told.add(job.id);
    if (told.size > TOLD) screen.line(styled('quiet', 'Further failures are counted only.'));
    else screen.line('Job ', styled('strong', job.id), ' ', status('failed'), ` (${pointText(job.point)}): ${job.ending?.message ?? ''}`);
  }
}

function doneOf({ counts }: Sweep): number {
  return counts.succeeded + counts.failed + counts.cancelled;
}

function tenthOf(sweep: Sweep): number {
  return Math.floor((doneOf(sweep) / Math.max(1, sweep.counts.total)) * 10);
}

function bar(sweep: Sweep, columns: number): Piece[] {
  const { total, active, failed } = sweep.counts;
  const filled = Math.round((doneOf(sweep) / Math.max(1, total)) * BAR);
  const rest = [
    ` ${doneOf(sweep)}/${total} jobs`,
    ...(active > 0 ? [`${active} active`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    lasting(Date.now() - Date.parse(sweep.createdAt)),
  ].join(' · ');
  const room = columns - 12;
  const drawn = room >= BAR + rest.length + 2 ? [styled('good', '█'.repeat(filled)), styled('quiet', '░'.repeat(BAR - filled))] : [];
  return [status(sweep.status), ' ', ...drawn, rest.slice(0, Math.max(0, room))];
}
