import type { Platform } from '@kiln/client/kiln';
import type { Context } from '../context.ts';
import { describePlatform } from '../platform/describe.ts';
import { whereabouts } from '../platform/reach.ts';
import { type Piece, status, styled } from '../screen/piece.ts';

export interface ListOptions {
  readonly json?: boolean;
  readonly url?: string;
}

export async function list(options: ListOptions, context: Context): Promise<void> {
  const { screen } = context;
  const found = await (await context.kiln(options)).platforms.list();
  if (options.json) return screen.json(found);
  const titles = [{ title: 'NAME' }, { title: 'KIND' }, { title: 'STATE' }, { title: 'JOBS', align: 'right' as const }];
  screen.table([...titles, { title: 'WHERE', shrinkTo: 10 }, { title: 'DESCRIPTION', shrinkTo: 12 }], found.map(row));
}

function row(platform: Platform): Piece[] {
  const { name, kind, state, liveJobs, description } = platform;
  return [styled('strong', name), kind, status(state), String(liveJobs), whereabouts(platform), description];
}

export async function show(name: string, options: ListOptions, context: Context): Promise<void> {
  const platform = await (await context.kiln(options)).platforms.get(name);
  if (options.json) context.screen.json(platform);
  else describePlatform(platform, context.screen);
}
