import { hasEnded } from '@kiln/client/kiln';
import type { Command } from 'commander';
import { jsonOption, parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { reportEnd } from '../progress.ts';
import { styled } from '../screen/piece.ts';

interface Options {
  readonly json?: boolean;
  readonly url?: string;
}

export default function cancel(command: Command, context: Context): void {
  command
    .argument('<id>', "the job's number", parseNumber)
    .addOption(jsonOption())
    .addOption(urlOption())
    .action((id: number, options: Options) => run(id, options, context));
}

async function run(id: number, options: Options, context: Context): Promise<void> {
  const job = await (await context.kiln(options)).cancel(id);
  if (options.json) return context.screen.json(job);
  if (hasEnded(job)) return reportEnd(job, context.screen);
  context.screen.line('Job ', styled('strong', job.id), ` is being cancelled; \`kiln watch ${job.id}\` tells when nothing of it is left.`);
}
