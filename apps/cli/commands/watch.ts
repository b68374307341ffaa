import type { Job, Kiln } from '@kiln/client/kiln';
import type { Command } from 'commander';
import { jsonOption, parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { endAs, reportOutcome, watchJob } from '../progress.ts';

interface Options {
  readonly json?: boolean;
  readonly url?: string;
}

export default function watch(command: Command, context: Context): void {
  command
    .argument('<id>', "the job's number", parseNumber)
    .addOption(jsonOption())
    .addOption(urlOption())
    .addHelpText(
      'after',
      '\nWith --json each line is a batch of events, with the job as it is then. The exit code is 0 if the job succeeded, else 1.',
    )
    .action((id: number, options: Options) => run(id, options, context));
}

async function run(id: number, options: Options, context: Context): Promise<void> {
  const kiln = await context.kiln(options);
  const job = await kiln.job(id);
  const ended = options.json ? await printBatches(kiln, job, context) : await watchJob(kiln, job, context.screen);
  if (!options.json) await reportOutcome(kiln, ended, context.screen);
  endAs(ended);
}

async function printBatches(kiln: Kiln, job: Job, { screen }: Context): Promise<Job> {
  let current = job;
  screen.json({ events: [], job, lastSeq: job.lastSeq }, 0);
  for await (const batch of kiln.watch(job.id, { after: job.lastSeq })) {
    current = batch.job;
    screen.json(batch, 0);
  }
  return current;
}
