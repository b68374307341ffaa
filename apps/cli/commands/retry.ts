import type { Command } from 'commander';
import { jsonOption, parseNumber, urlOption } from '../arguments.ts';
import { changesOf, declareChanges } from '../changed-options.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../exit.ts';
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
    .addOption(urlOption());
  declareChanges(command)
    .addHelpText('after', '\nExample: kiln retry 12 --memory 8G --walltime 2h')
    .action((id: number, options: Options) => run(id, options, context));
}

async function run(id: number, options: Options, context: Context): Promise<void> {
  const changes = changesOf(options);
  const changed = Object.keys(changes);
  if (options.all && changed.length > 0) {
    throw new CommandError('With --all nothing can be changed: submit a new job with `kiln submit`, or leave --all out.');
  }
  const kiln = await context.kiln(options);
  const job = await kiln.retry(id, options.all ? 'ALL' : 'FAILED', changed.length > 0 ? changes : null);
  if (options.json) return context.screen.json(job);
  const what = options.all ? ` repeats job ${id}.` : ' goes on with the tasks that did not succeed.';
  context.screen.line('Job ', styled('strong', job.id), what, ` Follow it with: kiln watch ${job.id}`);
}
