import { hasEnded, JOB_STATUSES, type Platform } from '@kiln/domain';
import { asc, inArray, isNull, sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { platformColumns } from './platforms.ts';
import { jobs, platforms } from './schema.ts';

/** Jobs looked at with one statement, and events removed with one. */
const JOBS_A_PAGE = 200;
const EVENTS_AT_ONCE = 5000;

const ENDED = sql.join(
  JOB_STATUSES.filter(hasEnded).map((status) => sql`${status}`),
  sql`, `,
);

/**
 * Removes the events of tasks and the notes of jobs that ended more than `age` milliseconds ago, in small transactions; what the jobs
 * themselves and their nodes went through stays. The newest event of all stays too, so that the numbers end where the counter is.
 * Returns how many were removed. `signal` ends it between two transactions.
 */
export async function forgetOldEvents(db: Database, age: number, signal?: AbortSignal, atOnce = EVENTS_AT_ONCE): Promise<number> {
  let removed = 0;
  for (let after = 0; !signal?.aborted; ) {
    const { rows } = await db.orm.execute<{ id: number }>(sql`
      select id from jobs where id > ${after} and status in (${ENDED}) and ended_at < now() - ${age} * interval '1 millisecond'
      order by id limit ${JOBS_A_PAGE}`);
    const last = rows.at(-1);
    if (!last) break;
    const ids = rows.map(({ id }) => id);
    for (let count = atOnce; count === atOnce && !signal?.aborted; removed += count) count = await forgetSome(db, ids, atOnce);
    after = last.id;
  }
  return removed;
}

/** A job that somebody retried meanwhile keeps its events. */
async function forgetSome(db: Database, ids: readonly number[], atOnce: number): Promise<number> {
  const { rowCount } = await db.orm.execute(sql`
    delete from events where seq in (
      select e.seq from events e join jobs j on j.id = e.job_id
      where j.id in (select value::int from json_array_elements_text(${JSON.stringify(ids)}::json)) and j.status in (${ENDED})
        and e.kind in ('task', 'note') and e.seq < (select last from event_counter)
      limit ${atOnce})`);
  return rowCount ?? 0;
}

export type JobEnd = Pick<typeof jobs.$inferSelect, 'id' | 'connector' | 'status' | 'endedAt'>;

/** What became of these jobs; those that this installation does not know are not among them. */
export async function endsOf(db: Database, ids: readonly number[]): Promise<readonly JobEnd[]> {
  if (ids.length === 0) return [];
  const { id, connector, status, endedAt } = jobs;
  return db.orm
    .select({ id, connector, status, endedAt })
    .from(jobs)
    .where(inArray(id, [...ids]));
}

/** The platforms of everybody, by name. */
export function allPlatforms(db: Database): Promise<readonly Platform[]> {
  return db.orm.select(platformColumns).from(platforms).where(isNull(platforms.deletedAt)).orderBy(asc(platforms.name));
}

/** Whether this worker has lived longest: what is to be done by one of them is done by it. */
export async function isEldest(db: Database, workerId: string): Promise<boolean> {
  const { rows } = await db.orm.execute<{ id: string }>(sql`select id from workers order by started_at, id limit 1`);
  return rows[0]?.id === workerId;
}
