import type { Context } from '../context.ts';
import { many } from '../screen/ago.ts';
import { styled } from '../screen/piece.ts';
import type { ListOptions } from './platform-list.ts';

export async function rename(name: string, to: string, options: ListOptions, context: Context): Promise<void> {
  const platform = await (await context.kiln(options)).platforms.rename(name, to);
  if (options.json) context.screen.json(platform);
  else context.screen.line(styled('strong', name), ' is called ', styled('strong', to), ' now.');
}

export async function remove(name: string, options: ListOptions, context: Context): Promise<void> {
  await (await context.kiln(options)).platforms.remove(name);
  context.screen.line(styled('strong', name), ' is removed; its jobs and their results stay.');
}

export async function tryNow(name: string, options: ListOptions, context: Context): Promise<void> {
  const jobs = await (await context.kiln(options)).platforms.tryNow(name);
  if (options.json) context.screen.json({ jobs });
  else context.screen.line(jobs === 0 ? `No job is blocked on ${name}.` : `${many(jobs, 'job')} on ${name} try again now.`);
}
