import type { NumberTable } from '@kiln/client/kiln';
import { headingsOf, rowsOf } from '@kiln/client/numbers';
import { csvLine } from '@kiln/domain';
import { type Command, Option } from 'commander';
import { jsonOption, parseIteration, parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../exit.ts';

interface Options {
  readonly iteration?: number;
  readonly sort?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
  readonly url?: string;
}

type Row = ReturnType<typeof rowsOf>[number];

export default function numbers(command: Command, context: Context): void {
  command
    .argument('<id>', "the job's number", parseNumber)
    .option('--iteration <number>', 'of which iteration, from 0; without it the current one', parseIteration)
    .option('--sort <name>', 'by a column, the smallest first; with a - before the name the largest first')
    .addOption(new Option('--csv', 'print CSV').conflicts('json'))
    .addOption(jsonOption())
    .addOption(urlOption())
    .addHelpText('after', "\nWhat a connector's `outputs` find in the files of each task that succeeded.")
    .action((id: number, options: Options) => run(id, options, context));
}

async function run(id: number, options: Options, context: Context): Promise<void> {
  const { screen } = context;
  const kiln = await context.kiln(options);
  const tables: NumberTable[] = [];
  for await (const table of kiln.numbers(id, options.iteration)) tables.push(table);
  const headings = [...new Set(tables.flatMap(headingsOf))];
  const rows = sorted(
    tables.flatMap((table) => aligned(table, headings)),
    headings,
    options.sort,
  );
  if (options.json) return screen.json(rows.map((row) => Object.fromEntries(headings.map((name, at) => [name, row[at] ?? null]))));
  if (options.csv) return screen.text([headings, ...rows].map(csvLine).join(''));
  if (rows.length === 0) return screen.line('No results are home yet.');
  if (tables.every((table) => table.numbers.length === 0)) {
    return screen.line('The connector declares no `outputs`, or they were not found in the files of the tasks.');
  }
  screen.table(
    headings.map((name) => ({ title: name.toUpperCase(), align: 'right' as const })),
    rows.map((row) => row.map((cell) => (cell === null ? '' : String(cell)))),
  );
}

/** An iteration may sweep over other parameters than the first tasks of it show. */
function aligned(table: NumberTable, headings: readonly string[]): readonly Row[] {
  const own = headingsOf(table);
  return rowsOf(table).map((row) => headings.map((name) => row[own.indexOf(name)] ?? null));
}

function sorted(rows: readonly Row[], headings: readonly string[], by: string | undefined): readonly Row[] {
  if (by === undefined) return rows;
  const name = by.replace(/^-/, '');
  const at = headings.indexOf(name);
  if (at < 0) throw new CommandError(`There is no column ${name}; there are ${headings.join(', ')}.`);
  const sign = by.startsWith('-') ? -1 : 1;
  return [...rows].sort((a, b) => order(a[at] ?? null, b[at] ?? null, sign));
}

/** What was not found comes last. */
function order(a: string | number | null, b: string | number | null, sign: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const [x, y] = [Number(a), Number(b)];
  return sign * (Number.isNaN(x) || Number.isNaN(y) ? String(a).localeCompare(String(b), 'en', { numeric: true }) : x - y);
}
