import type { Job, JobFilter } from '@kiln/client/kiln';
import { JOB_STATUSES } from '@kiln/domain';
import { type Command, Option } from 'commander';
import { jsonOption, parseNumber, urlOption } from '../arguments.ts';
import type { Context } from '../context.ts';
import { CommandError } from '../exit.ts';
import { ago } from '../screen/ago.ts';
import { type Piece, status, styled } from '../screen/piece.ts';

interface Options {
  readonly status?: readonly string[];
  readonly connector?: string;
  readonly text?: string;
  readonly sweep?: number;
  readonly children?: boolean;
  readonly limit: number;
  readonly json?: boolean;
  readonly url?: string;
}

export default function jobs(command: Command, context: Context): void {
  command
    .option('--status <status...>', `only these: ${JOB_STATUSES.join(', ')}`)
    .option('--connector <name>', 'only jobs of this connector')
    .option('--text <text>', "part of the connector's name, a parameter value or the job's number")
    .addOption(new Option('--sweep <id>', 'only the jobs of this sweep').argParser(parseNumber))
    .option('--children', 'the jobs of sweeps, too')
    .addOption(new Option('--limit <number>', 'how many at most').argParser(parseNumber).default(25))
    .addOption(jsonOption())
    .addOption(urlOption())
    .action((options: Options) => run(options, context));
}

async function run(options: Options, context: Context): Promise<void> {
  const { screen } = context;
  const filter = filterOf(options);
  const kiln = await context.kiln(options);
  const found: Job[] = [];
  for await (const job of kiln.jobs(filter, { pageSize: Math.min(options.limit, 100) })) {
    if (found.length < options.limit) found.push(job);
    if (found.length >= options.limit) break;
  }
  if (options.json) return screen.json(found);
  if (found.length === 0)
    return screen.line(Object.keys(filter).length > 0 ? 'No job fits.' : 'There are no jobs yet: submit one with `kiln submit NAME`.');
  const columns = [
    { title: 'ID', align: 'right' },
    { title: 'CONNECTOR', shrinkTo: 8 },
    { title: 'STATUS' },
    { title: 'STAGE' },
    { title: 'TASKS', align: 'right' },
    { title: 'PLATFORM', shrinkTo: 6 },
    { title: 'SUBMITTED' },
  ] as const;
  screen.table(columns, found.map(row));
}

function row(job: Job): Piece[] {
  const tasks = `${job.counts.succeeded}/${job.counts.total}`;
  return [
    styled('strong', job.id),
    job.connector,
    status(job.status),
    stageOf(job),
    tasks,
    job.platform,
    styled('quiet', ago(job.createdAt)),
  ];
}

function stageOf({ stage, iteration }: Job): string {
  return iteration > 0 ? `${stage} (iteration ${iteration})` : stage;
}

function filterOf(options: Options): JobFilter {
  const statuses = options.status?.flatMap((text) => text.split(',')).map(knownStatus);
  return {
    ...(statuses ? { statuses } : {}),
    ...(options.connector === undefined ? {} : { connector: options.connector }),
    ...(options.text === undefined ? {} : { text: options.text }),
    ...(options.sweep === undefined ? {} : { sweep: String(options.sweep) }),
    ...(options.children ? { children: true } : {}),
  };
}

function knownStatus(text: string): Job['status'] {
  const known = JOB_STATUSES.find((one) => one === text);
  if (known) return known;
  throw new CommandError(`There is no status ${JSON.stringify(text)}: choose from ${JOB_STATUSES.join(', ')}.`);
}
