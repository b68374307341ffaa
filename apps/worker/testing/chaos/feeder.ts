import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type JobEvent, KilnError } from '@kiln/client/kiln';
import { hasEnded, type JobStatus, STAGES, type StageName } from '@kiln/domain';
import { sql } from 'drizzle-orm';
import { type Machinery, patiently } from './machinery.ts';
import type { Submission } from './submissions.ts';

export interface Fed {
  readonly id: number;
  readonly submission: Submission;
  /** What the API told a subscriber from the job's beginning to its end. */
  readonly told: readonly Pick<JobEvent, 'seq'>[];
}

export interface FeedOptions {
  readonly machinery: Machinery;
  readonly submissions: readonly Submission[];
  /** Tells submissions of this feed from others. */
  readonly name: string;
  /** Jobs that are under way at the same time. */
  readonly atOnce: number;
  /** Whether another job is to be submitted, after so many. */
  more(count: number): boolean;
  /** Milliseconds without the end of any job after which the rest is given up. */
  readonly patience: number;
  /** Where and when endless jobs are cancelled, by turns. */
  readonly cancels?: readonly Cancel[];
}

export interface Cancel {
  readonly stage: StageName;
  /** Milliseconds for which the job is there, or beyond. */
  readonly after: number;
}

const CANCELS: readonly Cancel[] = (['wait', 'execute', 'create', 'wait', 'bootstrap', 'schedule'] as const).map((stage) => ({
  stage,
  after: 0,
}));

/** Submits jobs through the API as others end, and follows each to its end. Endless ones are cancelled. @throws Error if some do not end */
export async function feed(options: FeedOptions): Promise<readonly Fed[]> {
  const { machinery, submissions, name, atOnce, more, patience, cancels = CANCELS } = options;
  const ended: Fed[] = [];
  const live = new Map<number, Submission>();
  const watches: Promise<void>[] = [];
  const endless = new Map<number, Cancel>();
  /** By job, since when it is there. */
  const reached = new Map<number, number>();
  let cancelled = 0;
  let count = 0;
  let latest = Date.now();
  while (more(count) || live.size > 0) {
    while (more(count) && live.size < atOnce) {
      const submission = submissions[count % submissions.length];
      count += 1;
      if (!submission) throw new Error('There is nothing to submit.');
      const id = await submitOnce(machinery, submission, `${name}-${count}`);
      live.set(id, submission);
      const cancel = cancels[cancelled % cancels.length];
      if (submission.endless && cancel) {
        endless.set(id, cancel);
        cancelled += 1;
      }
      latest = Date.now();
    }
    const seen = await lookAt(machinery, [...live.keys()]);
    for (const { id, stage } of seen) {
      const cancel = endless.get(id);
      if (!cancel || STAGES.indexOf(stage) < STAGES.indexOf(cancel.stage)) continue;
      const since = reached.get(id) ?? Date.now();
      reached.set(id, since);
      if (Date.now() - since >= cancel.after && (await isCancelled(machinery, id))) endless.delete(id);
    }
    for (const { id } of seen.filter(({ status }) => hasEnded(status))) {
      const submission = live.get(id);
      live.delete(id);
      latest = Date.now();
      if (submission) watches.push(told(machinery, id).then((seqs) => void ended.push({ id, submission, told: seqs })));
    }
    if (Date.now() - latest > patience) throw new Error(`Jobs that do not end: ${await stuck(machinery, [...live.keys()])}`);
    await sleep(50);
  }
  await Promise.all(watches);
  return ended.sort((a, b) => a.id - b.id);
}

/** However often the API goes away meanwhile, it is one job. */
async function submitOnce({ kiln }: Machinery, { connector, parameters }: Submission, idempotencyKey: string): Promise<number> {
  for (;;) {
    try {
      return Number((await kiln.submit(connector, parameters, { idempotencyKey })).id);
    } catch (error) {
      if (!(error instanceof KilnError) || error.problems.length > 0) throw error;
      await sleep(100);
    }
  }
}

/** The whole history as a subscriber gets it, over whatever connections. */
async function told({ kiln }: Machinery, id: number): Promise<Fed['told']> {
  const seqs: Pick<JobEvent, 'seq'>[] = [];
  let after = 0;
  for (;;) {
    try {
      for await (const { events, lastSeq } of kiln.watch(id, { after })) {
        seqs.push(...events.map(({ seq }) => ({ seq })));
        after = Math.max(after, lastSeq);
      }
      return seqs;
    } catch (error) {
      if (!(error instanceof KilnError)) throw error;
      await sleep(100); // the database was away when it asked whether the job has ended
    }
  }
}

/** False if the API is away. */
async function isCancelled({ kiln }: Machinery, id: number): Promise<boolean> {
  try {
    await kiln.cancel(String(id));
    return true;
  } catch (error) {
    if (!(error instanceof KilnError) || error.problems.length > 0) throw error;
    return false;
  }
}

interface Seen extends Record<string, unknown> {
  readonly id: number;
  readonly status: JobStatus;
  readonly stage: StageName;
}

async function lookAt({ db }: Machinery, ids: readonly number[]): Promise<readonly Seen[]> {
  const { rows } = await patiently(() =>
    db.orm.execute<Seen>(
      sql`select id, status, stage from jobs where id in (select value::int from json_array_elements_text(${JSON.stringify(ids)}::json))`,
    ),
  );
  return rows;
}

/** All that may tell why. */
async function stuck({ db, cluster }: Machinery, ids: readonly number[]): Promise<string> {
  const list = sql`(select value::int from json_array_elements_text(${JSON.stringify(ids)}::json))`;
  const queries = [
    sql`select id, connector, platform, stage, status, blocked, ending, revision from jobs where id in ${list}`,
    sql`select key, run_at - now() as due, attempts, locked_by, now() - locked_at as locked_for, left(last_error, 200) as error
      from graphile_worker.jobs`,
    sql`select id, pid, now() - beat_at as silent_for from workers`,
    sql`select job_id, iteration, number, state, attempt, wave, node, failure, started_at from tasks where job_id in ${list} order by 1, 2, 3`,
    sql`select at, kind, subject, from_state, to_state, message from events where job_id in ${list} order by seq desc limit 60`,
  ];
  const answers: string[] = [];
  for (const query of queries) {
    const { rows } = await patiently(() => db.orm.execute(query));
    answers.push(rows.map((row) => JSON.stringify(row)).join('\n'));
  }
  if (cluster)
    answers.push((await promisify(execFile)('squeue', ['-o', '%i %j %T %r %M'], { env: { ...process.env, ...cluster } })).stdout);
  return answers.join('\n\n');
}
