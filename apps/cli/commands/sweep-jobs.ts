import { hasEnded, type Job, type Kiln } from '@kiln/client/kiln';
import type { NumberOf } from '@kiln/client/sweep-documents';
import type { Context } from '../context.ts';
import { CommandError } from '../exit.ts';
import { type Piece, status, styled } from '../screen/piece.ts';
import type { Column } from '../screen/table.ts';
import { pointText } from '../sweep-progress.ts';

export interface JobsOptions {
  readonly best?: string;
  readonly worst?: string;
  readonly limit?: number;
  readonly of: string;
  readonly csv?: boolean;
  readonly json?: boolean;
  readonly url?: string;
}

/** How many are told of the best or the worst. */
const TOLD = 10;

export async function jobs(id: number, options: JobsOptions, context: Context): Promise<void> {
  const { screen } = context;
  const kiln = await context.kiln(options);
  const of = numberOf(options.of);
  if (options.csv) return screen.text(await kiln.sweeps.csv(id, of));
  const { names, rows } = await measured(kiln, id, of);
  const by = options.best ?? options.worst;
  const chosen = by === undefined ? rows : ranked(rows, names, by, options.worst !== undefined);
  const shown = chosen.slice(0, options.limit ?? (by === undefined ? chosen.length : TOLD));
  if (options.json) return screen.json(shown.map(({ job, numbers }) => ({ ...job, numbers: Object.fromEntries(numbers) })));
  screen.table(
    columnsOf(names),
    shown.map((row) => lineOf(row, names)),
  );
}

interface Row {
  readonly job: Job;
  readonly numbers: ReadonlyMap<string, number>;
}

/** The jobs of a sweep, each with what was found of its numbers. */
async function measured(kiln: Kiln, id: number, of: NumberOf): Promise<{ names: readonly string[]; rows: readonly Row[] }> {
  const names = new Set<string>();
  const byJob = new Map<string, Map<string, number>>();
  for await (const { jobs: ids, numbers } of kiln.sweeps.numbers(id, of)) {
    for (const { name } of numbers) names.add(name);
    ids.forEach((job, at) => {
      const found = numbers.flatMap(({ name, values }) => (typeof values[at] === 'number' ? [[name, values[at]] as const] : []));
      byJob.set(job, new Map(found));
    });
  }
  const rows: Row[] = [];
  for await (const job of kiln.jobs({ sweep: String(id) }, { sort: 'OLDEST', pageSize: 500 })) {
    rows.push({ job, numbers: byJob.get(job.id) ?? new Map() });
  }
  return { names: [...names], rows };
}

/** The smallest is the best, unless a `-` before the name says that the largest is. Jobs without the number are left out. */
function ranked(rows: readonly Row[], names: readonly string[], by: string, worstFirst: boolean): readonly Row[] {
  const name = by.replace(/^-/, '');
  if (!names.includes(name)) {
    throw new CommandError(
      `The jobs have no number ${name}; ${names.length > 0 ? `there are ${names.join(', ')}` : 'there are none yet'}.`,
    );
  }
  const sign = by.startsWith('-') === worstFirst ? 1 : -1;
  const valued = rows.flatMap((row) => {
    const value = row.numbers.get(name);
    return value === undefined ? [] : [{ row, value }];
  });
  return valued.sort((a, b) => sign * (a.value - b.value)).map(({ row }) => row);
}

function columnsOf(names: readonly string[]): Column[] {
  return [
    { title: 'ID', align: 'right' },
    { title: 'POINT', shrinkTo: 12 },
    ...names.map((name) => ({ title: name.toUpperCase(), align: 'right' as const })),
    { title: 'STATUS' },
    { title: 'TASKS', align: 'right' },
    { title: 'REMARKS', shrinkTo: 8 },
  ];
}

function lineOf({ job, numbers }: Row, names: readonly string[]): Piece[] {
  const remark = hasEnded(job) || job.status === 'blocked' ? (job.blocked?.message ?? job.ending?.message ?? '') : '';
  const values = names.map((name) => String(numbers.get(name) ?? ''));
  return [
    styled('strong', job.id),
    pointText(job.point),
    ...values,
    status(job.status),
    `${job.counts.succeeded}/${job.counts.total}`,
    remark,
  ];
}

function numberOf(text: string): NumberOf {
  return text === 'minimum' ? 'MINIMUM' : text === 'maximum' ? 'MAXIMUM' : 'MEAN';
}
