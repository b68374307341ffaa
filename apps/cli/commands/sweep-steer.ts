import type { Kiln, Sweep } from '@kiln/client/kiln';
import type { Context } from '../context.ts';
import { styled } from '../screen/piece.ts';
import { endAsSweep, reportSweep, watchSweep, wordsOf } from '../sweep-progress.ts';

export interface SteerOptions {
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
