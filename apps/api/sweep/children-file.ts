import type { Database } from '@kiln/db/connect';
import { type JobRow, listJobs } from '@kiln/db/jobs';
import type { SweepState } from '@kiln/db/list-sweeps';
import { namesOfNumbers, numbersOfJobs } from '@kiln/db/sweep-numbers';
import { csvLine, jobDirectory, KnownError, type Numbers, namesOf, readSweepMap } from '@kiln/domain';
import type { Request, Response } from 'express';
import type { Services } from '../context.ts';
import { NumberOf } from '../enums.ts';
import { fileHeaders } from '../file-headers.ts';
import { allNumbers, declaredOf } from '../number/number-table.ts';

/** Children read with one query. */
const PAGE = 500;

/**
 * Sends the children of a sweep, with their points, states, times and numbers, as `children.csv` or `children.json`. `?of=minimum` says how
 * what the tasks of a child came to is one number.
 */
export async function sendChildren(
  { db, catalog }: Pick<Services, 'db' | 'catalog'>,
  sweep: SweepState,
  { params: { name }, query }: Request,
  response: Response,
): Promise<void> {
  const of = wantedNumber(query['of']);
  const found = name === 'children.csv' ? await namesOfNumbers(db, sweep.id) : [];
  const outputs = allNumbers(found, declaredOf(catalog, sweep)).map((output) => output.name);
  const format = name === 'children.csv' ? csv(sweep, outputs) : name === 'children.json' ? JSON_LIST : null;
  if (!format) throw new KnownError('NOT_FOUND', 'A sweep has children.csv and children.json.');
  response.set({ ...fileHeaders(String(name), true), 'Accept-Ranges': 'none' });
  response.write(format.head);
  let rows = 0;
  for (let after: number | undefined; !response.destroyed; ) {
    const page = { filter: { sweep: sweep.id }, newestFirst: false, limit: PAGE, ...(after === undefined ? {} : { after }) };
    const children = await listJobs(db, sweep.ownerId, page);
    const numbers = await numbersById(db, children, of);
    response.write(children.map((job, i) => format.row(job, numbers.get(job.id) ?? {}, rows + i === 0)).join(''));
    rows += children.length;
    after = children.at(-1)?.id;
    if (children.length < PAGE) break;
  }
  response.end(format.tail);
}

async function numbersById(db: Database, children: readonly JobRow[], of: NumberOf): Promise<ReadonlyMap<number, Numbers>> {
  const ids = children.map(({ id }) => id);
  return new Map((await numbersOfJobs(db, ids, of)).map(({ job, numbers }) => [job, numbers]));
}

function wantedNumber(asked: unknown): NumberOf {
  const found = Object.values(NumberOf).find((one) => one.toLowerCase() === String(asked ?? 'mean').toLowerCase());
  if (found) return found;
  throw new KnownError('BAD_INPUT', 'What the tasks of a job came to is one number `of` them: mean, minimum or maximum.');
}

interface Format {
  readonly head: string;
  row(job: JobRow, numbers: Numbers, first: boolean): string;
  readonly tail: string;
}

const FACTS = ['job', 'directory', 'status', 'stage', 'created', 'started', 'ended', 'seconds', 'message'] as const;

function factsOf(job: JobRow): Readonly<Record<(typeof FACTS)[number], string | number | null>> {
  const started = job.status === 'waiting' ? null : job.roundSince;
  const { createdAt, endedAt } = job;
  const seconds = started !== null && endedAt !== null ? (Date.parse(endedAt) - Date.parse(started)) / 1000 : null;
  return {
    job: job.id,
    directory: jobDirectory(job),
    status: job.status,
    stage: job.stage,
    created: createdAt,
    started,
    ended: endedAt,
    seconds,
    message: job.blocked?.message ?? job.ending?.message ?? null,
  };
}

const JSON_LIST: Format = {
  head: '[',
  row: (job, numbers, first) =>
    `${first ? '\n' : ',\n'}${JSON.stringify({ ...factsOf(job), point: job.point, parameters: job.parameters, numbers })}`,
  tail: '\n]\n',
};

/** Swept parameters have columns of their own, between the job and its numbers; no two columns have the same heading. */
function csv({ over }: SweepState, outputs: readonly string[]): Format {
  const [job, ...others] = FACTS;
  const swept = [...new Set(over.flatMap((map) => namesOf(readSweepMap(map).map)))];
  const taken = new Set<string>(FACTS);
  const headings = [...swept.map((name) => unlike(taken, name, 'swept')), ...outputs.map((name) => unlike(taken, name, 'output'))];
  return {
    head: csvLine([job, ...headings, ...others]),
    row(row, numbers) {
      const facts = factsOf(row);
      const values = [...swept.map((name) => row.point?.[name]), ...outputs.map((name) => numbers[name])];
      return csvLine([facts[job], ...values, ...others.map((name) => facts[name])]);
    },
    tail: '',
  };
}

/** `name`, after `kind` if that is taken. */
function unlike(taken: Set<string>, name: string, kind: string): string {
  const heading = taken.has(name) ? `${kind} ${name}` : name;
  taken.add(heading);
  return heading;
}
