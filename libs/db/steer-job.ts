import { FRESH, type Job, KnownError, type Parameters, progressOfNext } from '@kiln/domain';
import { and, eq, lte, max, sql } from 'drizzle-orm';
import { appendEvents } from './append-events.ts';
import type { Database } from './connect.ts';
import type { JobRow } from './jobs.ts';
import { enqueueAdvance } from './queue.ts';
import { jobs, tasks } from './schema.ts';
import { iterations } from './schema-runs.ts';
import { refuseRemoved } from './submit.ts';
import { inTransaction, type Transaction } from './transaction.ts';

/**
 * The iteration that a live job is in becomes its last one, or no longer is.
 * @throws KnownError CONFLICT if the job has ended or has no iterations
 */
export function requestStopAfterIteration(db: Database, jobId: number, stop: boolean): Promise<void> {
  return inTransaction(db, async (tx) => {
    const job = await locked(tx, jobId);
    if ((job.status !== 'active' && job.status !== 'blocked') || job.ending !== null) {
      throw new KnownError('CONFLICT', `Job ${jobId} ends or has ended already.`);
    }
    if (job.maximumIterations === null) throw new KnownError('CONFLICT', `Job ${jobId} has one iteration only.`);
    if (job.stopAfterIteration === stop) return;
    await steer(tx, job, { stopAfterIteration: stop });
    const message = stop ? `Iteration ${job.iteration} was asked to be the last.` : 'It goes on after this iteration.';
    await appendEvents(tx, jobId, [{ kind: 'note', subject: '', message }]);
  });
}

/**
 * Lets a job have `more` iterations: a live one beyond its maximum, one that succeeded from where it stopped.
 * @throws KnownError CONFLICT if it has no iterations or did not succeed, BAD_INPUT, PLATFORM_UNAVAILABLE if its platform was removed
 */
export async function requestMoreIterations(db: Database, jobId: number, more: number): Promise<void> {
  if (!Number.isInteger(more) || more < 1 || more > 10_000) {
    throw new KnownError('BAD_INPUT', 'The number of further iterations is a whole number from 1 to 10,000.');
  }
  return inTransaction(db, async (tx) => {
    const job = await locked(tx, jobId);
    if (job.maximumIterations === null) throw new KnownError('CONFLICT', `Job ${jobId} has one iteration only.`);
    const live = job.status === 'active' || job.status === 'blocked';
    if (live && job.ending === null && !job.progress.converged) {
      const set = { maximumIterations: job.maximumIterations + more, stopAfterIteration: false };
      await steer(tx, job, set);
      const message = `It may have ${set.maximumIterations} iterations now.`;
      return appendEvents(tx, jobId, [{ kind: 'note', subject: '', message }]);
    }
    if (job.status !== 'succeeded') {
      const advice = live ? 'it is about to end; ask again when it has' : 'it did not succeed; retry what failed';
      throw new KnownError('CONFLICT', `Job ${jobId} cannot go on: ${advice}.`);
    }
    await refuseRemoved(tx, { ...job, parameters: {} }); // its input is home
    await tx
      .update(jobs)
      .set({
        stage: 'configure',
        status: 'active',
        endedAt: null,
        iteration: job.iteration + 1,
        maximumIterations: job.iteration + 1 + more,
        stopAfterIteration: false,
        sweep: null,
        round: job.round + 1,
        roundSince: sql`now()`,
        stageSince: sql`now()`,
        revision: job.revision + 1,
        progress: { ...FRESH, before: progressOfNext({ ...FRESH, ...job.progress }).before },
      })
      .where(eq(jobs.id, jobId));
    await tx.update(iterations).set({ ending: null }).where(ofIteration(jobId, job.iteration));
    await enqueueAdvance(tx, jobId);
    await appendEvents(tx, jobId, [
      { kind: 'job', subject: 'stage', from: job.stage, to: 'configure', message: `${more} more iterations were asked for.` },
      { kind: 'job', subject: 'status', from: job.status, to: 'active' },
    ]);
  });
}

/**
 * Makes a job that goes on from what iteration `iteration` of `origin` came to, with `parameters`; `origin` stays as it is.
 * @throws KnownError CONFLICT if that iteration has not come to its end
 */
export function insertBranch(db: Database, origin: JobRow, iteration: number, parameters: Parameters): Promise<number> {
  return inTransaction(db, async (tx) => {
    const [record] = await tx.select().from(iterations).where(ofIteration(origin.id, iteration));
    const over = record && (iteration < origin.iteration || origin.status === 'succeeded');
    if (!over) throw new KnownError('CONFLICT', `Iteration ${iteration} of job ${origin.id} has not come to its end.`);
    if (origin.branchOf && iteration < origin.branchOf.iteration) {
      throw new KnownError('CONFLICT', `Iteration ${iteration} is one of job ${origin.branchOf.job}; branch from that one.`);
    }
    await refuseRemoved(tx, origin);
    const [last] = await tx
      .select({ number: max(tasks.number) })
      .from(tasks)
      .where(and(eq(tasks.jobId, origin.id), lte(tasks.iteration, iteration)));
    const before = last?.number ?? origin.progress.before; // a branch of a branch may have no tasks of its own so far back
    const { ownerId, connector, version, platform, outputStorage, outputPath } = origin;
    const [branch] = await tx
      .insert(jobs)
      .values({
        ...{ ownerId, connector, version, platform, outputStorage, outputPath, parameters },
        iteration: iteration + 1,
        maximumIterations: Math.max(iteration + 2, Number(parameters['maximum_iterations'] ?? 0)),
        point: origin.point,
        branchOf: { job: origin.id, iteration },
        criteria: await criteriaUpTo(tx, origin.id, iteration),
        progress: { ...FRESH, before },
      })
      .returning({ id: jobs.id });
    if (!branch) throw new Error('The branch was not inserted.');
    await tx.execute(sql`
      insert into iterations (job_id, iteration, criterion, scores, kept, inputs, note)
      select ${branch.id}, iteration, criterion, scores, kept, inputs, note from iterations
      where job_id = ${origin.id} and iteration <= ${iteration}`);
    await enqueueAdvance(tx, branch.id);
    const message = `Goes on from iteration ${iteration} of job ${origin.id}.`;
    await appendEvents(tx, branch.id, [{ kind: 'job', subject: 'status', to: 'active', message }]);
    return branch.id;
  });
}

/** A step that decided by what was so before is not saved, but taken again. */
async function steer(tx: Transaction, job: JobRow, set: Partial<Pick<JobRow, 'stopAfterIteration' | 'maximumIterations'>>): Promise<void> {
  await tx
    .update(jobs)
    .set({ ...set, revision: job.revision + 1 })
    .where(eq(jobs.id, job.id));
  await enqueueAdvance(tx, job.id);
}

async function criteriaUpTo(tx: Transaction, jobId: number, iteration: number): Promise<number[]> {
  const rows = await tx
    .select({ criterion: iterations.criterion })
    .from(iterations)
    .where(and(eq(iterations.jobId, jobId), lte(iterations.iteration, iteration)))
    .orderBy(iterations.iteration);
  return rows.flatMap(({ criterion }) => (criterion === null ? [] : [criterion]));
}

function ofIteration(jobId: number, iteration: number) {
  return and(eq(iterations.jobId, jobId), eq(iterations.iteration, iteration));
}

async function locked(tx: Transaction, jobId: number): Promise<Pick<Job, 'progress'> & JobRow> {
  const [job] = await tx.select().from(jobs).where(eq(jobs.id, jobId)).for('update');
  if (!job) throw new KnownError('NOT_FOUND', `There is no job ${jobId}.`);
  return job;
}
