import { type ErrorCode, hasEnded, JOB_STATUSES, type JobStatus, type PlatformState, type StageName, type TaskState } from '@kiln/domain';
import type { Database } from './connect.ts';
import { BEATS } from './health.ts';

/** Machines that one user rents on one platform; ages in seconds. */
export interface RentedThere {
  readonly platform: string;
  readonly user: string;
  readonly coming: number;
  readonly up: number;
  readonly failed: number;
  /** Of those whose price is known. */
  readonly pricePerHour: number;
  readonly withoutPrice: number;
  /** Of the machine that has been there longest. */
  readonly age: number;
  /** Since the cloud last told what is there. */
  readonly listed: number;
}

/** What an installation is at, all of it at one moment. */
export interface Measured {
  readonly rented: readonly RentedThere[];
  readonly jobs: readonly { readonly status: JobStatus; readonly stage: StageName; readonly jobs: number }[];
  /** Of jobs that have not ended. */
  readonly tasks: readonly { readonly state: TaskState; readonly tasks: number }[];
  /** `age` is that of the one that has been blocked longest; seconds. */
  readonly blocked: readonly { readonly code: ErrorCode; readonly jobs: number; readonly age: number }[];
  /** Seconds that the first of the jobs that wait for their turn has waited; 0 if none does. */
  readonly waiting: number;
  readonly platforms: readonly { readonly state: PlatformState; readonly platforms: number }[];
  /** Workers that beat. */
  readonly workers: number;
}

/**
 * Reads it all in one statement, thus at one moment, over one connection, and never a part. One that takes longer than `most` milliseconds
 * is ended by the database, and a little later given up here, if the database says nothing at all.
 */
export async function measure(db: Database, most: number): Promise<Measured> {
  // Without parameters, both statements are one transaction.
  const query = { text: `set local statement_timeout = ${Math.ceil(most)}; ${MEASURE}`, query_timeout: most + 1000 };
  const results: unknown = await db.pool.query(query);
  const [, measured] = results as readonly { readonly rows: readonly Measured[] }[]; // one result for each statement
  const row = measured?.rows[0];
  if (!row) throw new Error('A select of one row returned none.');
  return row;
}

const LIVE = JOB_STATUSES.filter((status) => !hasEnded(status))
  .map((status) => `'${status}'`)
  .join(', ');

const RENTED = `
  select platform, coalesce(u.name, '') as user,
    count(*) filter (where m.state = 'coming') as coming,
    count(*) filter (where m.state = 'up') as up,
    count(*) filter (where m.state = 'failed') as failed,
    coalesce(sum(price_per_hour), 0) as "pricePerHour",
    count(*) filter (where price_per_hour is null) as "withoutPrice",
    ${secondsSince('min(since)')} as age,
    ${secondsSince('max(listed_at)')} as listed
  from rented_machines m join platforms p on p.name = m.platform left join users u on u.id = p.owner_id
  group by 1, 2 order by 1, 2`;

const JOBS = 'select status, stage, count(*) as jobs from jobs group by 1, 2';

/** From the index on the tasks of each live job. */
const TASKS = `select t.state, count(*) as tasks from tasks t where job_id in (select id from jobs where status in (${LIVE})) group by 1`;

const BLOCKED = `
  select blocked->>'code' as code, count(*) as jobs, ${secondsSince("min((blocked->>'since')::timestamptz)")} as age
  from jobs where status = 'blocked' group by 1`;

const PLATFORMS = 'select state, count(*) as platforms from platforms where deleted_at is null group by 1';

const MEASURE = `
  select ${all(RENTED)} as rented, ${all(JOBS)} as jobs, ${all(TASKS)} as tasks, ${all(BLOCKED)} as blocked, ${all(PLATFORMS)} as platforms,
    (select ${secondsSince('min(round_since)')} from jobs where status = 'waiting') as waiting,
    (select count(*)::int from workers where ${BEATS}) as workers`;

function all(rows: string): string {
  return `(select coalesce(json_agg(x), '[]') from (${rows}) x)`;
}

/** Moments of another machine's clock may lie ahead. */
function secondsSince(moment: string): string {
  return `greatest(0, extract(epoch from clock_timestamp() - ${moment}))::float8`;
}
