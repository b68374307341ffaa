import type { Sweep } from '@kiln/client/kiln';
import { type Command, Option } from 'commander';
import { jsonOption, parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { ago } from '../screen/ago.ts';
import { type Piece, status, styled } from '../screen/piece.ts';

interface Options {
  readonly limit: number;
  readonly json?: boolean;
  readonly url?: string;
}

export default function sweeps(command: Command, context: Context): void {
  command
    .addOption(new Option('--limit <number>', 'how many at most').argParser(parseNumber).default(25))
    .addOption(jsonOption())
    .addOption(urlOption())
    .action((options: Options) => run(options, context));
}

async function run(options: Options, context: Context): Promise<void> {
  const { screen } = context;
  const kiln = await context.kiln(options);
  const found: Sweep[] = [];
  for await (const sweep of kiln.sweeps.list(Math.min(options.limit, 100))) {
    if (found.length < options.limit) found.push(sweep);
    if (found.length >= options.limit) break;
  }
  if (options.json) return screen.json(found);
  if (found.length === 0) return screen.line('There are no sweeps yet: submit one with `kiln sweep submit NAME --over seed=1:8`.');
  const columns = [
    { title: 'ID', align: 'right' },
    { title: 'CONNECTOR', shrinkTo: 8 },
    { title: 'STATUS' },
    { title: 'JOBS', align: 'right' },
    { title: 'FAILED', align: 'right' },
    { title: 'SUBMITTED' },
  ] as const;
  screen.table(columns, found.map(row));
}

function row({ id, connector, status: fares, counts, createdAt }: Sweep): Piece[] {
  const failed = counts.failed > 0 ? styled('bad', String(counts.failed)) : '0';
  return [styled('strong', id), connector, status(fares), `${counts.succeeded}/${counts.total}`, failed, styled('quiet', ago(createdAt))];
}
