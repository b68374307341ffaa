import type { TaskFiles } from '@kiln/client/kiln';
import type { Command } from 'commander';
import { jsonOption, parseIteration, parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { inBytes } from '../screen/ago.ts';

interface Options {
  readonly iteration?: number;
  readonly json?: boolean;
  readonly url?: string;
}

export default function results(command: Command, context: Context): void {
  command
    .argument('<id>', "the job's number", parseNumber)
    .argument('[name]', 'of an output whose files are listed; without it the outputs are')
    .option('--iteration <number>', 'of which iteration, from 0; without it the current one', parseIteration)
    .addOption(jsonOption())
    .addOption(urlOption())
    .addHelpText('after', '\nFiles that tasks left and that are `outputs` of their connector; `kiln numbers` tells those that are numbers.')
    .action((id: number, name: string | undefined, options: Options) => run(id, name, options, context));
}

async function run(id: number, name: string | undefined, options: Options, context: Context): Promise<void> {
  const { screen } = context;
  const kiln = await context.kiln(options);
  if (name === undefined) {
    const declared = await kiln.declaredOutputs(id);
    if (options.json) return screen.json(declared);
    if (declared.length === 0) return screen.line('The connector declares no `outputs`.');
    return screen.table(
      [{ title: 'NAME' }, { title: 'KIND' }, { title: 'FILE' }, { title: 'TITLE', shrinkTo: 12 }],
      declared.map((output) => [output.name, output.kind, output.file, output.title]),
    );
  }
  const tasks: TaskFiles[] = [];
  for await (const task of kiln.foundOutput(id, name, options.iteration)) tasks.push(task);
  if (options.json) return screen.json(tasks);
  const rows = tasks.flatMap(({ task, files }) => files.map(({ size, path }) => [String(task), inBytes(size), path]));
  if (rows.length === 0) return screen.line(tasks.length === 0 ? 'No results are home yet.' : 'No task left such a file.');
  screen.table(
    [
      { title: 'TASK', align: 'right' },
      { title: 'SIZE', align: 'right' },
      { title: 'PATH', shrinkTo: 12 },
    ],
    rows,
  );
  if (tasks.some(({ cut }) => cut)) screen.line('Some tasks left more files than are listed.');
}
