import type { Job, JobPreview, Kiln } from '@kiln/client/kiln';
import { KilnError } from '@kiln/client/kiln';
import { type Command, Option } from 'commander';
import { collect, jsonOption, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { Ended, EXIT } from '../exit.ts';
import { endAs, reportOutcome, watchJob } from '../progress.ts';
import { reportProblems } from '../report.ts';
import { many } from '../screen/ago.ts';
import { styled } from '../screen/piece.ts';
import { parametersOf, type SubmissionOptions } from '../submission.ts';

interface Options extends SubmissionOptions {
  readonly watch?: boolean;
  readonly idempotencyKey?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly url?: string;
}

export default function submit(command: Command, context: Context): void {
  command
    .argument('<connector>', 'which connector; `kiln connectors` lists them')
    .argument('[parameters...]', 'name=value; `kiln submit NAME --dry-run` shows all of them')
    .addOption(
      new Option(
        '--sweep <name=values>',
        'one task per value: var=1,2,3 or var=1:10:2 or \'name=["a,b","c"]\'; give it again to cross',
      ).argParser(collect),
    )
    .option('--set-json <object>', 'parameters as a JSON object; name=value and --sweep go over it')
    .option('--platform <name>', 'where it runs')
    .option('--curate <name>', 'publish the results in this MyTardis; `kiln platform list` shows them')
    .option('--experiment <number>', 'with --curate: in this experiment, which is there (default: a new one)')
    .option('--title <text>', 'with --curate: the title of a new experiment')
    .option('--input <storage/path>', 'the folder of a storage that holds its input')
    .option('--watch', 'follow it until it has ended; the exit code says how')
    .option('--idempotency-key <key>', 'the same key gives the same job, however often it is submitted')
    .option('--dry-run', 'check and show what would run; run nothing')
    .addOption(jsonOption())
    .addOption(urlOption())
    .addHelpText('after', '\nExample: kiln submit pi samples=100000 --sweep seed=1:8 --watch')
    .action((connector: string, pairs: string[], options: Options) => run(connector, pairs, options, context));
}

async function run(connector: string, pairs: readonly string[], options: Options, context: Context): Promise<void> {
  const parameters = parametersOf(pairs, options);
  const kiln = await context.kiln(options);
  if (options.dryRun) return dryRun(await kiln.preview(connector, parameters), options, context);
  const job = await accepted(kiln, connector, parameters, options, context);
  if (options.watch) return watch(kiln, job, options, context);
  if (options.json) return context.screen.json(job);
  context.screen.line('Job ', styled('strong', job.id), ` is accepted. Follow it with: kiln watch ${job.id}`);
}

async function accepted(
  kiln: Kiln,
  connector: string,
  parameters: Record<string, unknown>,
  options: Options,
  { screen }: Context,
): Promise<Job> {
  const { idempotencyKey } = options;
  try {
    return await kiln.submit(connector, parameters, idempotencyKey === undefined ? {} : { idempotencyKey });
  } catch (error) {
    if (options.json && error instanceof KilnError && error.problems.length > 0) screen.json({ job: null, problems: error.problems });
    throw error;
  }
}

async function watch(kiln: Kiln, job: Job, options: Options, { screen }: Context): Promise<void> {
  const ended = options.json ? await kiln.wait(job.id) : await watchJob(kiln, job, screen);
  if (options.json) screen.json(ended);
  else await reportOutcome(kiln, ended, screen);
  endAs(ended);
}

function dryRun(preview: JobPreview, options: Options, { screen }: Context): void {
  if (options.json) screen.json(preview);
  else if (preview.problems.length === 0) showPreview(preview, screen);
  if (preview.problems.length === 0) return;
  reportProblems(preview.problems, screen);
  throw new Ended(EXIT.usage);
}

function showPreview(preview: JobPreview, screen: Context['screen']): void {
  screen.line(`It would run ${many(preview.taskCount, 'task')} on ${many(preview.nodes, 'node')}, with these parameters:`);
  screen.table(
    [{ title: 'PARAMETER' }, { title: 'VALUE', shrinkTo: 10 }],
    Object.entries(preview.parameters).map(([name, value]) => [name, shown(value)]),
  );
  screen.line(preview.taskCount > preview.firstTasks.length ? `The first ${preview.firstTasks.length} tasks:` : 'The tasks:');
  const input = preview.firstTasks.some((task) => task.input !== null);
  const rows = preview.firstTasks.map((task) => [
    String(task.number),
    String(task.node),
    ...(input ? [task.input ?? ''] : []),
    Object.entries(task.values)
      .map(([name, value]) => `${name}=${shown(value)}`)
      .join(' '),
  ]);
  screen.table(
    [
      { title: 'TASK', align: 'right' },
      { title: 'NODE', align: 'right' },
      ...(input ? [{ title: 'INPUT', shrinkTo: 10 }] : []),
      { title: 'VALUES', shrinkTo: 10 },
    ],
    rows,
  );
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
