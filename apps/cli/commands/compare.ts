import type { ComparedFile, ComparedFiles } from '@kiln/client/compare-files';
import type { Comparison } from '@kiln/client/comparison';
import type { Kiln } from '@kiln/client/kiln';
import { unified } from '@kiln/client/text-diff';
import type { Command } from 'commander';
import { jsonOption, urlOption } from '../arguments.ts';
import { FILE_COLUMNS, factsTable, fileRows, numbersTable, timesTable } from '../compare-tables.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../exit.ts';

interface Options {
  readonly all?: boolean;
  readonly file?: string;
  readonly json?: boolean;
  readonly url?: string;
}

export default function compare(command: Command, context: Context): void {
  command
    .argument('<jobs...>', 'two or more jobs (12) or tasks (12.3: task 3 of job 12)')
    .option('--all', 'tell parameters and files that are the same, too')
    .option('--file <path>', 'how a file of the second differs from that of the first, line by line')
    .addOption(jsonOption())
    .addOption(urlOption())
    .addHelpText('after', '\nExample: kiln compare 12 13, kiln compare 12.1 12.2 --file pi.txt')
    .action((jobs: string[], options: Options) => run(jobs, options, context));
}

async function run(jobs: readonly string[], options: Options, context: Context): Promise<void> {
  if (jobs.length < 2) throw new CommandError('Name at least two jobs or tasks to compare.');
  const { screen } = context;
  const kiln = await context.kiln(options);
  const comparison = await kiln.comparisons.of(jobs);
  const found = await kiln.comparisons.files(comparison);
  if (options.file !== undefined) return diff(kiln, { comparison, found, path: options.file }, context);
  if (options.json) return screen.json({ ...comparison, files: found.files, cut: found.cut });
  report(comparison, found, options, context);
}

function report(comparison: Comparison, { files, cut }: ComparedFiles, { all }: Options, { screen }: Context): void {
  const facts = factsTable(comparison, all ?? false);
  screen.table(facts.columns, facts.rows);
  const same = comparison.parameters.filter(({ differs }) => !differs).length;
  if (!all && same > 0) screen.line(`${same} more are the same; --all tells them.`);
  const sections = [timesTable(comparison), ...(comparison.numbers.length > 0 ? [numbersTable(comparison)] : [])];
  for (const { columns, rows } of sections) {
    screen.line('');
    screen.table(columns, rows);
  }
  screen.line('');
  const rows = fileRows(comparison, all ? files : files.filter(({ verdict }) => verdict !== 'same'));
  if (rows.length > 0) screen.table(FILE_COLUMNS, rows);
  const alike = files.filter(({ verdict }) => verdict === 'same').length;
  if (!all && alike > 0) screen.line(`${alike} ${alike === 1 ? 'file is' : 'files are'} the same.`);
  if (files.length === 0) screen.line('They have no files.');
  if (cut) screen.line('There are more files than were looked at.');
}

interface Asked {
  readonly comparison: Comparison;
  readonly found: ComparedFiles;
  readonly path: string;
}

async function diff(kiln: Kiln, { comparison, found, path }: Asked, { screen }: Context): Promise<void> {
  const file: ComparedFile | undefined = found.files.find((one) => one.path === path);
  if (!file) throw new CommandError(`None of them has a file ${path}; paths are as \`kiln compare\` lists them.`);
  const result = await kiln.comparisons.diff(file, comparison.subjects);
  if (result.kind === 'lines') return screen.text(unified(result.patch));
  screen.line(
    { same: 'They are the same.', binary: 'They are not text.', unlike: 'They differ in too many lines to tell how.' }[result.kind],
  );
}
