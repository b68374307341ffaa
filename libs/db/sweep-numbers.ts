import type { Numbers } from '@kiln/domain';
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from './connect.ts';

/** How what several tasks of a job came to is one number. */
export type NumberOf = 'MEAN' | 'MINIMUM' | 'MAXIMUM';

export interface JobNumbers {
  readonly job: number;
  /** Tasks of its current iteration that succeeded and whose results are home. */
  readonly tasks: number;
  /** Of all of them. */
  readonly numbers: Numbers;
}

export interface SweepNumberPage {
  readonly sweepId: number;
  readonly of: NumberOf;
  /** Only children with an event after this one; 0: all. */
  readonly since: number;
  /** The job that the page before ended with. */
  readonly after: number;
  readonly limit: number;
}

/** What children of a sweep came to, in the order of their points. */
export function numbersOfChildren(db: Database, { sweepId, of, since, after, limit }: SweepNumberPage): Promise<readonly JobNumbers[]> {
  const page = sql`select id, iteration from jobs where sweep_id = ${sweepId} and last_seq > ${since} and id > ${after}
    order by id limit ${limit}`;
  return combined(db, page, of);
}

/** What jobs came to. */
export function numbersOfJobs(db: Database, ids: readonly number[], of: NumberOf): Promise<readonly JobNumbers[]> {
  return combined(
    db,
    sql`select id, iteration from jobs where id in (select value::int from json_array_elements_text(${JSON.stringify(ids)}::json))`,
    of,
  );
}

const COMBINED: Readonly<Record<NumberOf, SQL>> = { MEAN: sql`avg`, MINIMUM: sql`min`, MAXIMUM: sql`max` };

/** As `numeric`, so that the sum of large numbers does not overflow. */
async function combined(db: Database, page: SQL, of: NumberOf): Promise<readonly JobNumbers[]> {
  const { rows } = await db.orm.execute<JobNumbers & Record<string, unknown>>(sql`
    with page as materialized (${page})
    select page.id as job, coalesce(counted.n, 0)::int as tasks, coalesce(found.numbers, '{}') as numbers
    from page
    left join lateral (
      select count(*) as n from tasks t
      where t.job_id = page.id and t.iteration = page.iteration and t.state = 'succeeded' and t.collected
    ) as counted on true
    left join lateral (
      select json_object_agg(key, value) as numbers from (
        select n.key, ${COMBINED[of]}(n.value::numeric)::float8 as value
        from tasks t cross join lateral jsonb_each(t.numbers) as n
        where t.job_id = page.id and t.iteration = page.iteration and t.state = 'succeeded' and t.collected
        group by n.key
      ) as each
    ) as found on true
    order by page.id`);
  return rows;
}

export interface TaskNumber {
  readonly job: number;
  readonly task: number;
  readonly value: number;
}

export interface TaskNumberPage {
  readonly sweepId: number;
  /** Name of the output. */
  readonly name: string;
  /** What the page before ended with. */
  readonly after: { readonly job: number; readonly task: number };
  readonly limit: number;
}

/** What one output was in each task of each child of a sweep, as far as it was found. */
export async function numbersOfTasks(db: Database, { sweepId, name, after, limit }: TaskNumberPage): Promise<readonly TaskNumber[]> {
  const { rows } = await db.orm.execute<TaskNumber & Record<string, unknown>>(sql`
    select t.job_id as job, t.number as task, (t.numbers ->> ${name})::float8 as value
    from jobs j join tasks t on t.job_id = j.id and t.iteration = j.iteration
    where j.sweep_id = ${sweepId} and t.state = 'succeeded' and t.collected and t.numbers ? ${name}
      and (t.job_id, t.number) > (${after.job}, ${after.task})
    order by t.job_id, t.number
    limit ${limit}`);
  return rows;
}

/** The names of all that tasks of a sweep's children came to. */
export async function namesOfNumbers(db: Database, sweepId: number): Promise<readonly string[]> {
  const { rows } = await db.orm.execute<{ name: string }>(sql`
    select distinct jsonb_object_keys(t.numbers) as name
    from jobs j join tasks t on t.job_id = j.id and t.iteration = j.iteration
    where j.sweep_id = ${sweepId} and t.state = 'succeeded' and t.collected
    order by 1`);
  return rows.map(({ name }) => name);
}
