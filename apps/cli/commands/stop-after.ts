import type { Command } from 'commander';
import { jsonOption, parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { styled } from '../screen/piece.ts';

interface Options {
  readonly undo?: boolean;
  readonly json?: boolean;
  readonly url?: string;
}

export default function stopAfter(command: Command, context: Context): void {
  command
    .argument('<id>', "the job's number", parseNumber)
    .option('--undo', 'let it go on after all')
    .addOption(jsonOption())
    .addOption(urlOption())
    .action((id: number, options: Options) => run(id, options, context));
}

async function run(id: number, options: Options, context: Context): Promise<void> {
  const job = await (await context.kiln(options)).iterations.stopAfter(id, !options.undo);
  if (options.json) return context.screen.json(job);
  const what = options.undo ? ' goes on after this iteration.' : ` ends after iteration ${job.iteration}, with what it has come to.`;
  context.screen.line('Job ', styled('strong', job.id), what);
}
