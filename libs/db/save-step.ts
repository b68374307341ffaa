import { type Changes, hasEnded, type Job, type JobStatus, type Node, type Step, type TaskState } from '@kiln/domain';
import { and, eq, sql } from 'drizzle-orm';
import { appendEvents, type NewEvent } from './append-events.ts';
import type { Database } from './connect.ts';
import { enqueueAdvance } from './queue.ts';
import { jobs, nodes } from './schema.ts';
import { storable } from './storable.ts';
import { inTransaction, type Transaction } from './transaction.ts';

/**
 * Saves a step of `before` in one transaction with its events and the message for the next step, unless the caller
 * `continues` at once under the message that it holds. Returns false and changes nothing if somebody else saved a step
 * of this job meanwhile.
 */
export function saveStep(db: Database, before: { job: Job; nodes: readonly Node[] }, given: Step, continues: boolean): Promise<boolean> {
  const step = storable(given);
  return inTransaction(db, async (tx) => {
    const { job } = before;
    const { changes } = step;
    const status = statusAfter(step);
    if (!(await saveJob(tx, job, step, status))) return false;
    await saveNodes(tx, job.id, changes.nodes ?? []);
    await planTasks(tx, job.id, changes.plan ?? []);
    const taskEvents = [...(await changeTasks(tx, job.id, changes.tasks ?? [])), ...(await cancelTasks(tx, job, changes))];
    if (!hasEnded(status) && !continues) await enqueueAdvance(tx, job.id, changes.again);
    const planned = (changes.plan ?? []).map(({ number }) => taskEvent(number, null, 'waiting', null));
    await appendEvents(tx, job.id, [
      ...noteEvents(job, changes),
      ...nodeEvents(before.nodes, changes.nodes ?? []),
      ...planned,
      ...taskEvents,
      ...moveEvents(job, step, status),
    ]);
    return true;
  });
}

function statusAfter({ changes, blocked }: Step): JobStatus {
  return changes.ended ?? (blocked ? 'blocked' : 'active');
}

async function saveJob(tx: Transaction, job: Job, { stage, changes, blocked }: Step, status: JobStatus): Promise<boolean> {
  const { rowCount } = await tx
    .update(jobs)
    .set({
      stage,
      status,
      blocked,
      ending: job.ending ?? changes.ending ?? null,
      iteration: changes.iteration ?? job.iteration,
      progress: { ...job.progress, ...changes.progress },
      criteria: [...(changes.criteria ?? job.criteria)],
      revision: job.revision + 1,
      ...(changes.ended ? { endedAt: sql`now()` } : {}),
    })
    .where(and(eq(jobs.id, job.id), eq(jobs.revision, job.revision)));
  return rowCount === 1;
}

async function saveNodes(tx: Transaction, jobId: number, changed: readonly Node[]): Promise<void> {
  if (changed.length === 0) return;
  const excluded = (column: string) => sql.raw(`excluded.${column}`);
  await tx
    .insert(nodes)
    .values(changed.map((node) => ({ ...node, jobId })))
    .onConflictDoUpdate({
      target: [nodes.jobId, nodes.name],
      set: {
        state: excluded('state'),
        address: excluded('address'),
        root: excluded('root'),
        slots: excluded('slots'),
        prepared: excluded('prepared'),
        batch: excluded('batch'),
        offset: excluded('journal_offset'),
        note: excluded('note'),
      },
    });
}

async function planTasks(tx: Transaction, jobId: number, planned: NonNullable<Changes['plan']>): Promise<void> {
  if (planned.length === 0) return;
  await tx.execute(sql`
    insert into tasks (job_id, number, iteration, node, "values")
    select ${jobId}, t.number, t.iteration, t.node, t."values"
    from json_to_recordset(${JSON.stringify(planned)}::json) as t(number int, iteration int, node text, "values" json)`);
}

interface Moved extends Record<string, unknown> {
  readonly number: number;
  readonly before: TaskState;
  readonly after: TaskState;
  readonly began: boolean;
  readonly message: string | null;
}

/** Changes tasks as one set. A task that is in a final state keeps it; returns the events of those that moved. */
async function changeTasks(tx: Transaction, jobId: number, changes: NonNullable<Changes['tasks']>): Promise<NewEvent[]> {
  if (changes.length === 0) return [];
  const { rows } = await tx.execute<Moved>(sql`
    with change as (
      select * from json_to_recordset(${JSON.stringify(changes)}::json) as c(
        number int, state text, node text, "exitCode" int, failure jsonb, "startedAt" timestamptz, "endedAt" timestamptz, collected boolean)
    ), old as (
      select t.number, t.state from tasks t join change c using (number) where t.job_id = ${jobId} for update of t
    ), moved as (
      update tasks t
      set state = case when t.state in ('succeeded', 'failed', 'cancelled') then t.state else coalesce(c.state, t.state) end,
          node = coalesce(c.node, t.node), exit_code = coalesce(c."exitCode", t.exit_code), failure = coalesce(c.failure, t.failure),
          started_at = coalesce(c."startedAt", t.started_at), ended_at = coalesce(c."endedAt", t.ended_at),
          collected = coalesce(c.collected, t.collected)
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

async function cancelTasks(tx: Transaction, job: Job, { cancelTasks: wanted }: Changes): Promise<NewEvent[]> {
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

function nodeEvents(before: readonly Node[], after: readonly Node[]): NewEvent[] {
  return after.flatMap((node): NewEvent[] => {
    const from = before.find(({ name }) => name === node.name)?.state ?? null;
    return from === node.state ? [] : [{ kind: 'node', subject: node.name, from, to: node.state }];
  });
}

function noteEvents(job: Job, { note, criteria, ending }: Changes): NewEvent[] {
  const events: NewEvent[] = [];
  if (note) events.push({ kind: 'note', subject: '', message: note });
  if (criteria) events.push({ kind: 'note', subject: 'criterion', to: String(criteria.at(-1)) });
  if (ending && !job.ending) events.push({ kind: 'note', subject: ending.code, message: ending.message });
  return events;
}

/** The job's own moves come last: whoever hears of them finds all else done. */
function moveEvents(job: Job, { stage, changes, blocked }: Step, status: JobStatus): NewEvent[] {
  const events: NewEvent[] = [];
  if (stage !== job.stage) events.push({ kind: 'job', subject: 'stage', from: job.stage, to: stage });
  if (status !== job.status || (blocked && blocked.message !== job.blocked?.message)) {
    const message = blocked?.message ?? (changes.ended ? job.ending?.message : null);
    events.push({ kind: 'job', subject: 'status', from: job.status, to: status, message: message ?? null });
  }
  return events;
}
