import type { IterationEnding } from '@kiln/domain';
import { sql } from 'drizzle-orm';
import type { Database } from './connect.ts';

export interface IterationRow {
  readonly jobId: number;
  readonly iteration: number;
  readonly criterion: number | null;
  readonly kept: readonly number[];
  /** The lowest first. */
  readonly scores: readonly { readonly task: number; readonly score: number }[];
  readonly ending: IterationEnding | null;
  readonly note: string | null;
}

const MOST_SCORES = 100;

/** What the iterations of each of the jobs came to, in the order of `jobIds`; of a job the first one first. */
export async function iterationsOfJobs(db: Database, jobIds: readonly number[]): Promise<IterationRow[][]> {
  const { rows } = await db.orm.execute<IterationRow & Record<string, unknown>>(sql`
    select job_id as "jobId", iteration, criterion, kept, ending, note,
      (select coalesce(json_agg(json_build_object('task', s.key::int, 'score', s.value::float8)), '[]')
        from (select key, value from json_each_text(scores) where value is not null
          order by value::float8, key::int limit ${MOST_SCORES}) as s) as scores
    from iterations
    where job_id in (select value::int from json_array_elements_text(${JSON.stringify(jobIds)}::json))
    order by job_id, iteration`);
  const byJob = new Map<number, IterationRow[]>(jobIds.map((id) => [id, []]));
  for (const row of rows) byJob.get(row.jobId)?.push(row);
  return jobIds.map((id) => byJob.get(id) ?? []);
}
