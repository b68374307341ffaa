import { type Command, Option } from 'commander';
import { collect, jsonOption, parseIteration, parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { styled } from '../screen/piece.ts';
import { parametersOf, type SubmissionOptions } from '../submission.ts';

interface Options extends SubmissionOptions {
  readonly json?: boolean;
  readonly url?: string;
}

export default function branch(command: Command, context: Context): void {
  command
    .argument('<id>', "the job's number", parseNumber)
    .argument('<iteration>', 'the one to go on from; `kiln iterations` lists them', parseIteration)
    .argument('[parameters...]', 'name=value, where they differ from those of the job')
    .addOption(new Option('--sweep <name=values>', 'another sweep, as in `kiln submit`').argParser(collect))
    .option('--set-json <object>', 'parameters as a JSON object; name=value and --sweep go over it')
    .addOption(jsonOption())
    .addOption(urlOption())
    .addHelpText(
      'after',
      '\nThe job itself stays as it is; platform and output location are the same.\n\nExample: kiln branch 12 3 temperature=0.5',
    )
    .action((id: number, iteration: number, pairs: string[], options: Options) => run(id, iteration, pairs, options, context));
}

async function run(id: number, iteration: number, pairs: readonly string[], options: Options, context: Context): Promise<void> {
  const parameters = parametersOf(pairs, options);
  const job = await (await context.kiln(options)).iterations.branch(id, iteration, parameters);
  if (options.json) return context.screen.json(job);
  context.screen.line(
    'Job ',
    styled('strong', job.id),
    ` goes on from iteration ${iteration} of job ${id}. Follow it with: kiln watch ${job.id}`,
  );
}
