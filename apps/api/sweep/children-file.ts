import type { Database } from '@kiln/db/connect';
import { type JobRow, listJobs } from '@kiln/db/jobs';
import type { SweepState } from '@kiln/db/list-sweeps';
import { csvLine, jobDirectory, KnownError, namesOf, readSweepMap } from '@kiln/domain';
import type { Response } from 'express';
import { fileHeaders } from '../file-headers.ts';

/** Children read with one query. */
const PAGE = 500;

/** Sends the children of a sweep, with their points, states and times, as `children.csv` or `children.json`. */
export async function sendChildren(db: Database, sweep: SweepState, name: string, response: Response): Promise<void> {
  const format = name === 'children.csv' ? csv(sweep) : name === 'children.json' ? JSON_LIST : null;
  if (!format) throw new KnownError('NOT_FOUND', 'A sweep has children.csv and children.json.');
  response.set({ ...fileHeaders(name, true), 'Accept-Ranges': 'none' });
  response.write(format.head);
  let rows = 0;
  for (let after: number | undefined; !response.destroyed; ) {
    const page = { filter: { sweep: sweep.id }, newestFirst: false, limit: PAGE, ...(after === undefined ? {} : { after }) };
    const children = await listJobs(db, sweep.ownerId, page);
    response.write(children.map((job, i) => format.row(job, rows + i === 0)).join(''));
    rows += children.length;
    after = children.at(-1)?.id;
    if (children.length < PAGE) break;
  }
  response.end(format.tail);
}

interface Format {
  readonly head: string;
  row(job: JobRow, first: boolean): string;
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
  row: (job, first) => `${first ? '\n' : ',\n'}${JSON.stringify({ ...factsOf(job), point: job.point, parameters: job.parameters })}`,
  tail: '\n]\n',
};

/** RFC 4180: what is swept has columns of its own, between the job and its times. */
function csv({ over }: SweepState): Format {
  const [job, ...others] = FACTS;
  const swept = [...new Set(over.flatMap((map) => namesOf(readSweepMap(map).map)))];
  return {
    head: csvLine([job, ...swept, ...others]),
    row(row) {
      const facts = factsOf(row);
      return csvLine([facts[job], ...swept.map((name) => row.point?.[name]), ...others.map((name) => facts[name])]);
    },
    tail: '',
  };
}
