import type { Command } from 'commander';
import { jsonOption, parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { styled } from '../screen/piece.ts';

interface Options {
  readonly json?: boolean;
  readonly url?: string;
}

export default function continueJob(command: Command, context: Context): void {
  command
    .argument('<id>', "the job's number", parseNumber)
    .argument('<iterations>', 'how many more it may have', parseNumber)
    .addOption(jsonOption())
    .addOption(urlOption())
    .addHelpText('after', '\nExample: kiln continue 12 5')
    .action((id: number, iterations: number, options: Options) => run(id, iterations, options, context));
}

async function run(id: number, iterations: number, options: Options, context: Context): Promise<void> {
  const job = await (await context.kiln(options)).iterations.continue(id, iterations);
  if (options.json) return context.screen.json(job);
  const last = (job.maximumIterations ?? 1) - 1;
  context.screen.line('Job ', styled('strong', job.id), ` may go on to iteration ${last}. Follow it with: kiln watch ${job.id}`);
}
