import type { Connection } from '@kiln/domain';
import { sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { enqueueAdvance } from './queue.ts';

export interface SlotsTaken {
  readonly jobId: number;
  readonly slots: number;
}

/** What running jobs have of the places at a login, whatever platforms of whatever users they were submitted to. */
export async function slotsTakenAt(db: Database, { user, host, port }: Connection): Promise<readonly SlotsTaken[]> {
  const { rows } = await db.orm.execute<{ jobId: number; slots: number }>(sql`
    select j.id as "jobId", least(sum(n.slots), (
      select count(*) from tasks t where t.job_id = j.id and t.state in ('scheduled', 'running')))::int as slots
    from jobs j join platforms p on p.name = j.platform join nodes n on n.job_id = j.id
    where j.status in ('active', 'blocked') and (j.progress->>'launched')::boolean and not (j.progress->>'finished')::boolean
      and n.state <> 'destroyed' and ${sameLogin(user, host, port)}
    group by j.id order by j.id`);
  return rows;
}

/** Has the jobs that wait for a place at a login try now. */
export async function wakeWaitingAt(db: Database, { user, host, port }: Connection): Promise<void> {
  const { rows } = await db.orm.execute<{ id: number }>(sql`
    select j.id from jobs j join platforms p on p.name = j.platform
    where j.status = 'blocked' and j.blocked->>'code' = 'PLATFORM_BUSY' and ${sameLogin(user, host, port)}
    order by j.id`);
  for (const { id } of rows) await enqueueAdvance(db.orm, id);
}

function sameLogin(user: string, host: string, port: number) {
  return sql`p.connection->>'user' = ${user} and p.connection->>'host' = ${host} and (p.connection->>'port')::int = ${port}`;
}
