import type { Command } from 'commander';
import { jsonOption, parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { styled } from '../screen/piece.ts';

interface Options {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly url?: string;
}

export default function retry(command: Command, context: Context): void {
  command
    .argument('<id>', "the job's number", parseNumber)
    .option('--all', 'submit a new job with the same parameters, instead of going on with the tasks that did not succeed')
    .addOption(jsonOption())
    .addOption(urlOption())
    .action((id: number, options: Options) => run(id, options, context));
}

async function run(id: number, options: Options, context: Context): Promise<void> {
  const job = await (await context.kiln(options)).retry(id, options.all ? 'ALL' : 'FAILED');
  if (options.json) return context.screen.json(job);
  const what = options.all ? ` repeats job ${id}.` : ' goes on with the tasks that did not succeed.';
  context.screen.line('Job ', styled('strong', job.id), what, ` Follow it with: kiln watch ${job.id}`);
}
