import type { Database } from '@kiln/db/connect';
import { listTasks, type TaskRow } from '@kiln/db/job-tasks';
import type { JobRow } from '@kiln/db/jobs';

const PAGE = 500;

/** The tasks of an iteration in the order of their numbers, some hundred at a time. */
export async function* taskPages(db: Database, jobId: number, iteration: number): AsyncGenerator<readonly TaskRow[]> {
  for (let after: number | undefined; ; ) {
    const page = await listTasks(db, { jobId, iteration, limit: PAGE, ...(after === undefined ? {} : { after }) });
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)?.number;
  }
}

/** The iterations that a job may have tasks of. A branch begins with a later one. */
export function* iterationsOf({ iteration }: Pick<JobRow, 'iteration'>): Generator<number> {
  for (let i = 0; i <= iteration; i += 1) yield i;
}
