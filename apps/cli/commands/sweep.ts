import { SAMPLE_METHODS } from '@kiln/domain';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { collect, jsonOption, parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import type { JobsOptions } from './sweep-jobs.ts';
import type { SteerOptions } from './sweep-steer.ts';
import type { ExtendOptions, SubmitOptions } from './sweep-submit.ts';

export default function sweep(command: Command, context: Context): void {
  command.addHelpText(
    'after',
    '\nA sweep makes many jobs, one for each point. To have one job with many tasks, use `kiln submit --sweep`.\n\n' +
      'Example: kiln sweep submit pi samples=1000000 --over seed=1:8 --watch',
  );
  declareSubmit(command, context);
  declareExtend(command, context);
  const plain = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .argument('<id>', "the sweep's number; `kiln sweeps` lists them", parseNumber)
      .addOption(jsonOption())
      .addOption(urlOption());
  const steer = () => import('./sweep-steer.ts');
  plain('show', 'Tell how a sweep fares.').action(async (id: number, options: SteerOptions) => (await steer()).show(id, options, context));
  plain('watch', 'Follow a sweep until all its jobs have ended.')
    .addHelpText('after', '\nThe exit code is 0 if every job succeeded, else 1.')
    .action(async (id: number, options: SteerOptions) => (await steer()).watch(id, options, context));
  declareJobs(plain('jobs', 'List the jobs of a sweep with their points and numbers.'), context);
  plain('cancel', 'Cancel every job of a sweep that has not ended.').action(async (id: number, options: SteerOptions) =>
    (await steer()).cancel(id, options, context),
  );
  plain('retry', 'Run again what did not succeed of every job that failed or was cancelled.').action(
    async (id: number, options: SteerOptions) => (await steer()).retry(id, options, context),
  );
  plain('limit', 'Say how many jobs of a sweep run at once.')
    .argument('<jobs>', '1 to 1000', parseNumber)
    .action(async (id: number, atMost: number, options: SteerOptions) => (await steer()).limit(id, atMost, options, context));
}

function declareSubmit(command: Command, context: Context): void {
  const submit = command.command('submit').description('Submit a job for each point.');
  submit
    .argument('<connector>', 'which connector; `kiln connectors` lists them')
    .argument('[parameters...]', 'name=value, the same for all jobs');
  withOver(submit)
    .addOption(new Option('--at-most <jobs>', 'so many run at once; by default as suits the platform').argParser(parseNumber))
    .option('--platform <name>', 'where the jobs run')
    .option('--curate <name>', 'publish the results of each job in this MyTardis')
    .option('--experiment <number>', 'with --curate: in this experiment, which is there (default: a new one for each job)')
    .option('--title <text>', 'with --curate: the title of the new experiments')
    .option('--input <storage/path>', 'the folder of a storage that holds the input of each')
    .addOption(new Option('--sweep <name=values>', 'the tasks of each job, as in `kiln submit`').argParser(collect))
    .option('--set-json <object>', 'parameters as a JSON object; name=value goes over it')
    .option('--watch', 'follow it until all jobs have ended; the exit code says how')
    .option('--idempotency-key <key>', 'the same key gives the same sweep, however often it is submitted')
    .option('--dry-run', 'check and count; run nothing')
    .addOption(jsonOption())
    .addOption(urlOption())
    .addHelpText('after', '\nExample: kiln sweep submit hello --over a=1:3 --over b=linspace(0,1,5) --where "a < 3 or b > 0.5" --dry-run')
    .action(async (connector: string, pairs: string[], options: SubmitOptions) =>
      (await import('./sweep-submit.ts')).submit(connector, pairs, options, context),
    );
}

function declareJobs(command: Command, context: Context): void {
  command
    .addOption(new Option('--best <number>', 'those with the smallest of a number; with a - before its name the largest').conflicts('csv'))
    .addOption(new Option('--worst <number>', 'the other way round').conflicts(['best', 'csv']))
    .addOption(new Option('--limit <jobs>', 'how many; of the best or worst 10 without it').argParser(parseNumber).conflicts('csv'))
    .addOption(
      new Option('--of <which>', 'how what the tasks of a job came to is one number')
        .choices(['mean', 'minimum', 'maximum'])
        .default('mean'),
    )
    .addOption(new Option('--csv', 'print CSV with points, numbers, states and times').conflicts('json'))
    .addHelpText('after', '\nExample: kiln sweep jobs 3 --best energy --limit 1')
    .action(async (id: number, options: JobsOptions) => (await import('./sweep-jobs.ts')).jobs(id, options, context));
}

function declareExtend(command: Command, context: Context): void {
  const extend = command.command('extend').description('Add jobs to a sweep for points that it does not have yet.');
  extend.argument('<id>', "the sweep's number", parseNumber);
  withOver(extend)
    .addOption(jsonOption())
    .addOption(urlOption())
    .addHelpText('after', '\nExample: kiln sweep extend 3 --over seed=1:16')
    .action(async (id: number, options: ExtendOptions) => (await import('./sweep-submit.ts')).extend(id, options, context));
}

function withOver(command: Command): Command {
  return command
    .addOption(
      new Option('--over <name=values>', 'values of a parameter: a=1,2,3 or a=1:10:2 or a=linspace(0,1,5); again to cross').argParser(
        collect,
      ),
    )
    .addOption(new Option('--zip <name=values>', 'the same for parameters whose values go together').argParser(collect))
    .addOption(new Option('--where <condition>', 'only points for which it holds, such as "a < b"').argParser(collect))
    .addOption(
      new Option('--sample <name=range>', 'draw by chance: x=uniform(0,1), k=loguniform(1e-6,1), n=integers(1,9) or values').argParser(
        collect,
      ),
    )
    .addOption(new Option('--samples <number>', 'how many samples').argParser(parseNumber))
    .addOption(new Option('--seed <number>', 'of the samples; the same seed gives the same (default: 1)').argParser(parseSeed))
    .addOption(
      new Option('--method <method>', 'how to draw them: a Latin hypercube, or each by itself (default: latin)').choices(SAMPLE_METHODS),
    )
    .option('--over-json <map>', 'the whole map as JSON, or a list of maps');
}

function parseSeed(text: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number from 0.');
}
