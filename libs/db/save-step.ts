import { type Changes, hasEnded, type Job, type JobStatus, type Node, type Step } from '@kiln/domain';
import { and, eq, sql } from 'drizzle-orm';
import { admitChildren, lockSweep } from './admit-children.ts';
import { appendJobEvents, type NewEvent } from './append-events.ts';
import type { Database } from './connect.ts';
import { enqueueAdvance } from './queue.ts';
import { cancelTasks, changeTasks, planTasks } from './save-tasks.ts';
import { jobs } from './schema.ts';
import { iterations, nodes } from './schema-runs.ts';
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
    const sweepId = hasEnded(status) ? job.sweepId : null; // its place among the children that run is free
    if (sweepId !== null) await lockSweep(tx, sweepId);
    if (!(await saveJob(tx, job, step, status))) return false;
    await saveNodes(tx, job.id, changes.nodes ?? []);
    await saveRecord(tx, job, changes.record);
    const planned = await planTasks(tx, job.id, changes.plan ?? []);
    const taskEvents = [...(await changeTasks(tx, job.id, changes.tasks ?? [])), ...(await cancelTasks(tx, job, changes))];
    if (!hasEnded(status) && !continues) await enqueueAdvance(tx, job.id, changes.again);
    const own = [
      ...noteEvents(job, changes),
      ...nodeEvents(before.nodes, changes.nodes ?? []),
      ...planned,
      ...taskEvents,
      ...moveEvents(job, step, status),
    ];
    const next = sweepId === null ? [] : await admitChildren(tx, sweepId);
    await appendJobEvents(tx, [...own.map((event) => ({ ...event, jobId: job.id })), ...next]);
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
      ...(stage === job.stage ? {} : { stageSince: sql`now()` }),
      status,
      blocked,
      ending: job.ending ?? changes.ending ?? null,
      iteration: changes.iteration ?? job.iteration,
      ...(changes.sweep === undefined ? {} : { sweep: changes.sweep }),
      progress: { ...job.progress, ...changes.progress },
      criteria: [...(changes.criteria ?? job.criteria)],
      ...(changes.curation && { curation: changes.curation }),
      revision: job.revision + 1,
      transfer: null,
      ...(job.ending || changes.ending ? {} : { workersLost: 0 }), // what ended the job is not tried again on its way out
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
        inputs: excluded('inputs'),
        batches: excluded('batches'),
        unreachableSince: excluded('unreachable_since'),
        lookedForAt: excluded('looked_for_at'),
        note: excluded('note'),
        createdAt: excluded('created_at'),
        goneAt: excluded('gone_at'),
        pricePerHour: excluded('price_per_hour'),
      },
    });
}

/** Of the iteration that the step was taken in. */
async function saveRecord(tx: Transaction, job: Job, record: Changes['record']): Promise<void> {
  if (!record) return;
  await tx
    .insert(iterations)
    .values({ jobId: job.id, iteration: job.iteration, ...record })
    .onConflictDoUpdate({ target: [iterations.jobId, iterations.iteration], set: record });
}

function nodeEvents(before: readonly Node[], after: readonly Node[]): NewEvent[] {
  return after.flatMap((node): NewEvent[] => {
    const from = before.find(({ name }) => name === node.name)?.state ?? null;
    const message = node.state === 'lost' ? node.note : null;
    return from === node.state ? [] : [{ kind: 'node', subject: node.name, from, to: node.state, message }];
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
