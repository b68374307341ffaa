import { sql } from 'drizzle-orm';
import type { Database } from './connect.ts';

/**
 * How many datasets the results of each of the jobs make if all that runs now succeeds, in the order of `jobIds`: one for each task, for
 * each input set, and for what the job began with. Iterations of the job that it branches from are not among them.
 */
export async function expectedDatasets(db: Database, jobIds: readonly number[]): Promise<number[]> {
  const { rows } = await db.orm.execute<{ id: number; count: number }>(sql`
    select j.id,
      (case when j.branch_of is null then 1 else 0 end
        + (select count(*) from tasks t where t.job_id = j.id and t.state not in ('failed', 'cancelled'))
        + (select coalesce(sum(json_array_length(i.inputs)), 0) from iterations i
            where i.job_id = j.id and i.iteration >= coalesce((j.branch_of->>'iteration')::int, 0) and i.iteration < j.iteration))::int as count
    from jobs j
    where j.id in (select value::int from json_array_elements_text(${JSON.stringify(jobIds)}::json))`);
  return jobIds.map((id) => rows.find((row) => row.id === id)?.count ?? 0);
}
