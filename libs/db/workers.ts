import { KnownError } from '@kiln/domain';
import { sql } from 'drizzle-orm';
import type { Database } from './connect.ts';
import { ADVANCE, CHECK } from './queue.ts';
import type { WorkerConnection } from './schema-workers.ts';
import { inTransaction, type Transaction } from './transaction.ts';

export interface Beat {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
  /** What it has open to other machines. */
  readonly connections?: readonly WorkerConnection[];
}

/** Says that a worker lives. */
export async function beat(db: Database, { id, host, pid, connections = [] }: Beat): Promise<void> {
  await db.orm.execute(sql`
    insert into workers (id, host, pid, connections) values (${id}, ${host}, ${pid}, ${JSON.stringify(connections)}::jsonb)
    on conflict (id) do update set beat_at = now(), connections = excluded.connections`);
}

/**
 * Local platforms, results and the key that opens credentials are on the workers' machine: another machine's worker would not find them.
 * @throws KnownError CONFLICT if a worker lives on another host
 */
export async function refuseOtherHosts(db: Database, host: string, deadline: number): Promise<void> {
  const { rows } = await db.orm.execute<{ host: string }>(sql`
    select host from workers where host <> ${host} and beat_at > now() - ${deadline} * interval '1 millisecond' limit 1`);
  const other = rows[0]?.host;
  if (other)
    throw new KnownError('CONFLICT', `A worker of this installation runs on ${other}; start more of them there, with the same --home.`);
}

/** A worker that stopped, with what it had locked, is forgotten. */
export async function forgetWorker(db: Database, id: string): Promise<void> {
  await db.orm.execute(sql`delete from workers where id = ${id}`);
}

/**
 * Gives the jobs and platforms that dead workers have locked to others: workers that have not beaten for `deadline` milliseconds, and
 * those that died before their first beat. Returns how many workers that were.
 */
export function takeOverFromTheDead(db: Database, deadline: number): Promise<number> {
  return inTransaction(db, async (tx) => {
    await tx.execute(sql`delete from workers where beat_at < now() - ${deadline} * interval '1 millisecond'`);
    await freeQueues(tx, deadline);
    const { rows } = await tx.execute<{ id: string }>(sql`
      select distinct locked_by as id from graphile_worker.jobs
      where task_identifier in (${ADVANCE}, ${CHECK}) and locked_at < now() - ${deadline} * interval '1 millisecond'
        and locked_by not in (select id from workers)`);
    if (rows.length === 0) return 0;
    const ids = JSON.stringify(rows.map(({ id }) => id));
    await tx.execute(sql`
      select graphile_worker.force_unlock_workers((select array_agg(value) from json_array_elements_text(${ids}::json)))`);
    return rows.length;
  });
}

/**
 * Unlocks serial queues that are locked for no message: a worker that was given up removes its message when it is done after all, though
 * another has it by then, and that one's end unlocks nothing any more.
 */
async function freeQueues(tx: Transaction, deadline: number): Promise<void> {
  await tx.execute(sql`
    update graphile_worker._private_job_queues q set locked_by = null, locked_at = null
    where q.locked_at < now() - ${deadline} * interval '1 millisecond' and not exists (
      select from graphile_worker._private_jobs j where j.job_queue_id = q.id and j.locked_by = q.locked_by)`);
}
