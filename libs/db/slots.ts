import type { Connection } from '@kiln/domain';
import { sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { enqueueAdvance } from './queue.ts';

export interface SlotsTaken {
  readonly jobId: number;
  readonly wave: number;
  /** Tasks of this wave that run, or wait only for a slot of the job. */
  readonly tasks: number;
  /** Slots of all nodes of the job. */
  readonly slots: number;
}

/** What live jobs have of the places at a login, whatever platforms of whatever users they were submitted to. */
export async function slotsTakenAt(db: Database, { user, host, port }: Connection): Promise<readonly SlotsTaken[]> {
  const { rows } = await db.orm.execute<SlotsTaken & Record<string, unknown>>(sql`
    select j.id as "jobId", t.wave, count(*)::int as tasks,
      (select sum(n.slots) from nodes n where n.job_id = j.id and n.state <> 'destroyed')::int as slots
    from jobs j join platforms p on p.name = j.platform join tasks t on t.job_id = j.id and t.iteration = j.iteration
    where j.status in ('active', 'blocked') and ${sameLogin(user, host, port)}
      and (t.state = 'running' or t.state = 'scheduled' and ((j.progress->>'launched')::boolean or t.wave < (j.progress->>'wave')::int))
    group by j.id, t.wave order by j.id, t.wave`);
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
