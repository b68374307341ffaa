import type { Changes, Job, TaskState } from '@kiln/domain';
import { sql } from 'drizzle-orm';
import type { NewEvent } from './append-events.ts';
import type { Transaction } from './transaction.ts';

/** Makes the tasks of a plan; returns their events. */
export async function planTasks(tx: Transaction, jobId: number, planned: NonNullable<Changes['plan']>): Promise<NewEvent[]> {
  if (planned.length === 0) return [];
  await tx.execute(sql`
    insert into tasks (job_id, number, iteration, node, "values", input)
    select ${jobId}, t.number, t.iteration, t.node, t."values", t.input
    from json_to_recordset(${JSON.stringify(planned)}::json) as t(number int, iteration int, node text, "values" json, input text)`);
  return planned.map(({ number }) => taskEvent(number, null, 'waiting', null));
}

interface Moved extends Record<string, unknown> {
  readonly number: number;
  readonly before: TaskState;
  readonly after: TaskState;
  readonly began: boolean;
  readonly message: string | null;
}

/**
 * Changes tasks as one set. A task that is in a final state keeps it, but one whose results were lost before they were home may
 * fail after all; returns the events of those that moved.
 */
export async function changeTasks(tx: Transaction, jobId: number, changes: NonNullable<Changes['tasks']>): Promise<NewEvent[]> {
  const retries = changes.filter(({ retry }) => retry);
  const others = changes.filter(({ retry }) => !retry);
  return [...(await move(tx, jobId, others)), ...(await retryTasks(tx, jobId, retries))];
}

async function move(tx: Transaction, jobId: number, changes: NonNullable<Changes['tasks']>): Promise<NewEvent[]> {
  if (changes.length === 0) return [];
  const { rows } = await tx.execute<Moved>(sql`
    with change as (
      select * from json_to_recordset(${JSON.stringify(changes)}::json) as c(
        number int, state text, node text, wave int, "exitCode" int, failure jsonb, "startedAt" timestamptz, "endedAt" timestamptz, collected boolean, numbers jsonb, "ofWave" int)
    ), old as (
      select t.number, t.state, t.state in ('failed', 'cancelled') or t.state = 'succeeded' and (t.collected or c.state is distinct from 'failed') as final
      from tasks t join change c using (number) where t.job_id = ${jobId} and coalesce(c."ofWave" = t.wave, true) for update of t
    ), moved as (
      update tasks t
      set state = case when old.final then t.state else coalesce(c.state, t.state) end,
          failure = case when old.final then t.failure else coalesce(c.failure, t.failure) end,
          node = coalesce(c.node, t.node), wave = coalesce(c.wave, t.wave), exit_code = coalesce(c."exitCode", t.exit_code),
          started_at = coalesce(c."startedAt", t.started_at), ended_at = coalesce(c."endedAt", t.ended_at),
          collected = coalesce(c.collected, t.collected), numbers = coalesce(c.numbers, t.numbers)
      from change c join old on old.number = c.number
      where t.job_id = ${jobId} and t.number = c.number
      returning t.number, old.state as before, t.state as after, c."startedAt" is not null as began, c.failure->>'message' as message
    )
    select * from moved where before <> after order by number`);
  return rows.flatMap(({ number, before, after, began, message }) =>
    began && before === 'scheduled' && after !== 'running'
      ? [taskEvent(number, before, 'running', null), taskEvent(number, 'running', after, message)]
      : [taskEvent(number, before, after, message)],
  );
}

/** Failed tasks go back to `waiting`; what they came to is kept as an attempt. */
async function retryTasks(tx: Transaction, jobId: number, changes: NonNullable<Changes['tasks']>): Promise<NewEvent[]> {
  if (changes.length === 0) return [];
  const { rows } = await tx.execute<{ number: number; retries: number; free: boolean }>(sql`
    with change as (
      select c.number, coalesce(c.collected, false) as collected, r.*
      from json_to_recordset(${JSON.stringify(changes)}::json) as c(number int, collected boolean, retry json),
        json_to_record(c.retry) as r("notBefore" timestamptz, avoid text, boost jsonb, free boolean)
    ), old as (
      select t.*, c.collected as home from tasks t join change c using (number)
      where t.job_id = ${jobId} and t.state = 'failed' and not t.collected for update of t
    ), kept as (${keepAttempts(sql`select *, home as logs from old`)}), moved as (
      update tasks t
      set state = 'waiting', node = '', attempt = t.attempt + 1, retries = t.retries + (not c.free)::int, not_before = c."notBefore", avoid = c.avoid,
          boost = c.boost, exit_code = null, failure = null, started_at = null, ended_at = null, collected = false
      from change c join old on old.number = c.number
      where t.job_id = ${jobId} and t.number = c.number
      returning t.number, t.retries, c.free
    )
    select * from moved order by number`);
  return rows.map(({ number, retries, free }) =>
    taskEvent(number, 'failed', 'waiting', free ? 'It goes to another machine.' : `Retry ${retries}.`),
  );
}

/** A statement that keeps tasks as they are as attempts; `chosen` selects them, with `logs`: whether their logs are home. */
export function keepAttempts(chosen: ReturnType<typeof sql>) {
  return sql`
    insert into attempts (job_id, number, attempt, iteration, node, exit_code, failure, started_at, ended_at, collected)
    select job_id, number, attempt, iteration, node, exit_code, failure, started_at, ended_at, logs from (${chosen}) as chosen
    on conflict do nothing`;
}

/** Every task that is not in a final state becomes `cancelled`. */
export async function cancelTasks(tx: Transaction, job: Job, { cancelTasks: wanted }: Changes): Promise<NewEvent[]> {
  if (!wanted) return [];
  const { rows } = await tx.execute<Moved>(sql`
    with old as (
      select number, state from tasks
      where job_id = ${job.id} and state in ('waiting', 'scheduled', 'running') for update
    ), moved as (
      update tasks t set state = 'cancelled', ended_at = case when t.started_at is null then null else now() end
      from old where t.job_id = ${job.id} and t.number = old.number
      returning t.number, old.state as before
    )
    select * from moved order by number`);
  return rows.map(({ number, before }) => taskEvent(number, before, 'cancelled', null));
}

function taskEvent(number: number, from: TaskState | null, to: TaskState, message: string | null): NewEvent {
  return { kind: 'task', subject: String(number), from, to, message };
}
