import { hasEnded, type Job, type Kiln, type Sweep } from '@kiln/client/kiln';
import type { Context } from '../context.ts';
import { type Piece, status, styled } from '../screen/piece.ts';
import { endAsSweep, pointText, reportSweep, watchSweep, wordsOf } from '../sweep-progress.ts';

export interface SteerOptions {
  readonly csv?: boolean;
  readonly json?: boolean;
  readonly url?: string;
}

export async function show(id: number, options: SteerOptions, context: Context): Promise<void> {
  const { screen } = context;
  const sweep = await (await context.kiln(options)).sweeps.get(id);
  if (options.json) return screen.json(sweep);
  reportSweep(sweep, screen);
  screen.line(
    `Connector ${sweep.connector}, at most ${sweep.atMost} jobs at once; results in ${sweep.output.storage}: ${sweep.output.path}`,
  );
  for (const over of sweep.over) screen.line('Over ', JSON.stringify(over));
}

export async function watch(id: number, options: SteerOptions, context: Context): Promise<void> {
  const { screen } = context;
  const kiln = await context.kiln(options);
  const sweep = await kiln.sweeps.get(id);
  const ended = options.json ? await kiln.sweeps.wait(id) : await watchSweep(kiln, sweep, screen);
  if (options.json) screen.json(ended);
  else reportSweep(ended, screen);
  endAsSweep(ended);
}

export async function jobs(id: number, options: SteerOptions, context: Context): Promise<void> {
  const { screen } = context;
  const kiln = await context.kiln(options);
  const sweep = await kiln.sweeps.get(id);
  const found: Job[] = [];
  for await (const job of kiln.jobs({ sweep: sweep.id }, { sort: 'OLDEST', pageSize: 500 })) found.push(job);
  if (options.json) return screen.json(found);
  if (options.csv) return screen.text(await kiln.sweeps.csv(id));
  const columns = [
    { title: 'ID', align: 'right' },
    { title: 'POINT', shrinkTo: 12 },
    { title: 'STATUS' },
    { title: 'TASKS', align: 'right' },
    { title: 'REMARKS', shrinkTo: 8 },
  ] as const;
  screen.table(columns, found.map(row));
}

function row(job: Job): Piece[] {
  const remark = hasEnded(job) || job.status === 'blocked' ? (job.blocked?.message ?? job.ending?.message ?? '') : '';
  return [styled('strong', job.id), pointText(job.point), status(job.status), `${job.counts.succeeded}/${job.counts.total}`, remark];
}

export function cancel(id: number, options: SteerOptions, context: Context): Promise<void> {
  return steer((kiln) => kiln.sweeps.cancel(id), 'is being cancelled', options, context);
}

export function retry(id: number, options: SteerOptions, context: Context): Promise<void> {
  return steer((kiln) => kiln.sweeps.retry(id), 'goes on with what did not succeed', options, context);
}

export function limit(id: number, atMost: number, options: SteerOptions, context: Context): Promise<void> {
  return steer((kiln) => kiln.sweeps.limit(id, atMost), `runs at most ${atMost} jobs at once`, options, context);
}

async function steer(ask: (kiln: Kiln) => Promise<Sweep>, what: string, options: SteerOptions, context: Context): Promise<void> {
  const sweep = await ask(await context.kiln(options));
  if (options.json) return context.screen.json(sweep);
  context.screen.line('Sweep ', styled('strong', sweep.id), ` ${what}: ${wordsOf(sweep)}.`);
}
