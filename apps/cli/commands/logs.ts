import type { Kiln, LogOptions } from '@kiln/client/kiln';
import { type Command, Option } from 'commander';
import { jsonOption, parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../exit.ts';
import { followLogs } from '../follow-logs.ts';
import { type LogWriter, logWriter } from '../log-writer.ts';

interface Options {
  readonly follow?: boolean;
  readonly stderr?: boolean;
  readonly attempt?: number;
  readonly json?: boolean;
  readonly url?: string;
}

export default function logs(command: Command, context: Context): void {
  command
    .argument('<id>', "the job's number", parseNumber)
    .argument('[task]', "the task's number; without it, all tasks", parseNumber)
    .addOption(new Option('-f, --follow', 'go on while tasks run, until the job has ended'))
    .option('--stderr', 'what the tasks wrote to standard error, instead of standard output')
    .addOption(new Option('--attempt <number>', 'of an earlier attempt of the task, from 1').argParser(parseNumber))
    .addOption(jsonOption())
    .addOption(urlOption())
    .addHelpText('after', '\nWith --json each line is {task, offset, nextOffset, text, complete}.')
    .action((id: number, task: number | undefined, options: Options) => run(id, task, options, context));
}

async function run(id: number, task: number | undefined, options: Options, context: Context): Promise<void> {
  if (options.attempt !== undefined && task === undefined) throw new CommandError('--attempt is for the log of one task: name it.');
  const kiln = await context.kiln(options);
  const job = await kiln.job(id);
  const stream = options.stderr ? 'STDERR' : 'STDOUT';
  const writer = logWriter(context.screen, { json: options.json === true, prefix: task === undefined && job.counts.total !== 1 });
  if (options.attempt !== undefined && task !== undefined) await print(kiln, id, task, { stream, attempt: options.attempt }, writer);
  else if (options.follow) await followLogs(kiln, job, task, stream, writer);
  else for await (const number of numbersOf(kiln, id, task)) await print(kiln, id, number, { stream }, writer);
}

async function* numbersOf(kiln: Kiln, id: number, task: number | undefined): AsyncGenerator<number> {
  if (task !== undefined) return yield task;
  for await (const { number } of kiln.tasks(id, { states: ['running', 'succeeded', 'failed', 'cancelled'] })) yield number;
}

async function print(kiln: Kiln, id: number, task: number, options: LogOptions, writer: LogWriter): Promise<void> {
  for await (const chunk of kiln.logs(id, task, options)) writer.write(task, chunk);
  writer.end(task);
}
