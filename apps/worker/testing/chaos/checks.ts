import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { loadIterations, loadTasks } from '@kiln/db/load-state';
import { type IterationRecord, type Job, jobDirectory, logPath, STAGES, type StageName, TASK_STATES, TRANSITIONS } from '@kiln/domain';
import { sql } from 'drizzle-orm';
import type { Fed } from './feeder.ts';
import type { Machinery } from './machinery.ts';
import { SUBMISSIONS } from './node-points.ts';
import { runners } from './processes.ts';

/** What a job came to that does not depend on how often anything was killed. */
export interface Result {
  /** Bytes of the outputs by path, and of the log of each task's last attempt by `log NUMBER`. */
  readonly files: Readonly<Record<string, string>>;
  readonly criteria: readonly number[];
  readonly history: readonly IterationRecord[];
}

interface EventRow extends Record<string, unknown> {
  readonly seq: number;
  readonly kind: string;
  readonly subject: string;
  readonly from: string | null;
  readonly to: string | null;
}

export async function resultOf({ db, home }: Pick<Machinery, 'db' | 'home'>, job: Pick<Job, 'id' | 'connector'>): Promise<Result> {
  const { id } = job;
  const directory = join(home, 'outputs', jobDirectory(job));
  const { rows } = await db.orm.execute<{ criteria: readonly number[]; iteration: number }>(
    sql`select criteria, iteration from jobs where id = ${id}`,
  );
  const files: Record<string, string> = {};
  for (const path of await filesBelow(directory)) {
    // What a worker that was killed had begun to write is hidden, and nobody's result.
    if (!path.startsWith('logs/') && !path.startsWith('.kiln-')) files[path] = await readFile(join(directory, path), 'latin1');
  }
  for (let iteration = 0; iteration <= (rows[0]?.iteration ?? 0); iteration += 1) {
    for (const { number, attempt } of await loadTasks(db, id, { iteration, states: TASK_STATES })) {
      files[`log ${number}`] = await readFile(join(directory, logPath(number, attempt, 'stdout')), 'latin1').catch(String);
    }
  }
  return { files, criteria: rows[0]?.criteria ?? [], history: await loadIterations(db, id) };
}

/**
 * What is wrong with the history of a job; nothing if it is sound. `reference` is what it must have come to, null if it was cancelled;
 * `shaken`: ends of its tasks may have been seen by nobody.
 */
export async function wrongWith(machinery: Machinery, job: Fed, reference: Result | null, shaken: boolean): Promise<readonly string[]> {
  const { db } = machinery;
  const { id, submission } = job;
  const wrong: string[] = [];
  const { rows } = await db.orm.execute<Pick<Job, 'status' | 'ending'>>(sql`select status, ending from jobs where id = ${id}`);
  if (rows[0]?.status !== (submission.endless ? 'cancelled' : 'succeeded')) return [`job ${id} ended as ${JSON.stringify(rows[0])}`];
  const { rows: events } = await db.orm.execute<EventRow>(
    sql`select seq::int, kind, subject, from_state as "from", to_state as "to" from events where job_id = ${id} order by seq`,
  );
  wrong.push(...brokenChains(events, submission.endless ? ['succeeded', 'failed', 'cancelled'] : ['succeeded']));
  const missed = symmetric(
    events.map(({ seq }) => seq),
    job.told.map(({ seq }) => Number(seq)),
  );
  if (missed.length > 0) wrong.push(`a subscriber was told other events: ${missed.join(', ')}`);
  wrong.push(...(await wrongEffects(machinery, job, shaken)));
  if (reference) wrong.push(...(await otherResults(machinery, job, reference)));
  return wrong.map((one) => `job ${id} (${submission.kind}): ${one}`);
}

async function otherResults(machinery: Machinery, { id, submission }: Fed, reference: Result): Promise<readonly string[]> {
  const wrong: string[] = [];
  const result = await resultOf(machinery, { id, connector: submission.connector });
  for (const path of new Set([...Object.keys(reference.files), ...Object.keys(result.files)])) {
    const [expected, found] = [reference.files[path], result.files[path]];
    if (expected !== found) wrong.push(`${path} is ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
  }
  for (const part of ['criteria', 'history'] as const) {
    const [expected, found] = [JSON.stringify(reference[part]), JSON.stringify(result[part])];
    if (expected !== found) wrong.push(`its ${part} is ${found} instead of ${expected}`);
  }
  return wrong;
}

/** Of each subject, every event goes on where the one before ended; stages move as they may; the job and its tasks end as one of `ends`. */
function brokenChains(events: readonly EventRow[], ends: readonly string[]): readonly string[] {
  const wrong: string[] = [];
  const states = new Map<string, string | null>([['job stage', STAGES[0]]]);
  for (const { seq, kind, subject, from, to } of events) {
    if (kind === 'note') continue;
    const name = `${kind} ${subject}`;
    const before = states.get(name) ?? null;
    const news = kind === 'job' && subject === 'status'; // told again when the reason is another one
    if (from !== before) wrong.push(`event ${seq}: ${name} went from ${from} to ${to}, but was ${before}`);
    if (from === to && !news) wrong.push(`event ${seq}: ${name} went from ${from} to ${to}`);
    const allowed: readonly (string | null)[] = TRANSITIONS[from as StageName] ?? []; // checked by the answer
    if (name === 'job stage' && !allowed.includes(to)) wrong.push(`event ${seq}: no job goes from ${from} to ${to}`);
    states.set(name, to);
  }
  for (const [name, state] of states) {
    const last = name === 'job stage' ? ['destroy'] : name.startsWith('node ') ? ['destroyed'] : ends;
    if (!last.includes(String(state))) wrong.push(`${name} ended as ${state}`);
  }
  return wrong;
}

/** Every attempt began once at most; the last one of each task, and those that failed by themselves, exactly once. */
async function wrongEffects(machinery: Machinery, { id, submission }: Fed, shaken: boolean): Promise<readonly string[]> {
  const wrong: string[] = [];
  const name = jobDirectory({ id, connector: submission.connector });
  const lines = (await readFile(machinery.effects, 'utf8')).split('\n').filter((line) => line.split(' ')[0]?.endsWith(`/${name}`));
  const began = new Map<string, number>();
  for (const line of lines) {
    const attempt = line.split(' ').slice(1).join(' ');
    began.set(attempt, (began.get(attempt) ?? 0) + 1);
  }
  for (const [attempt, times] of began) if (times > 1) wrong.push(`task and attempt ${attempt} began ${times} times`);
  if (submission.endless) return wrong;
  const { rows: tasks } = await machinery.db.orm.execute<{ number: number; attempt: number }>(
    sql`select number, attempt from tasks where job_id = ${id} order by number`,
  );
  const { rows: failed } = await machinery.db.orm.execute<{ number: number; attempt: number }>(
    sql`select number, attempt from attempts where job_id = ${id} and failure->>'code' = 'EXIT'`,
  );
  for (const { number, attempt } of [...tasks, ...failed]) {
    if (!began.delete(`${number} ${attempt}`)) wrong.push(`task ${number}, attempt ${attempt} is said to have run and never began`);
  }
  for (const attempt of began.keys()) {
    const [number = 0, which = 0] = attempt.split(' ').map(Number);
    const last = tasks.find((task) => task.number === number)?.attempt ?? 0;
    if (which >= last) wrong.push(`task and attempt ${attempt} began, and nobody knows of it`);
  }
  for (const { number, attempt } of tasks) {
    const expected = submission.attempts(number);
    if (attempt !== expected && !shaken) wrong.push(`task ${number} needed ${attempt} attempts instead of ${expected}`);
  }
  return wrong;
}

/** What is left of ended jobs anywhere, once it had the time to go. */
export async function leftovers(machinery: Machinery): Promise<readonly string[]> {
  for (let tries = 1; ; tries += 1) {
    const left = [...(await inDatabase(machinery)), ...(await onMachines(machinery)), ...(await onCluster(machinery))];
    if (left.length === 0 || tries > 60) return left;
    await sleep(500);
  }
}

/** Array jobs that were submitted more than once, or are still in the queue of the cluster. */
async function onCluster({ control, cluster }: Machinery): Promise<readonly string[]> {
  if (!cluster) return [];
  const names = (await readFile(join(control, SUBMISSIONS), 'utf8')).trim().split('\n');
  const twice = names.filter((name, i) => names.indexOf(name) !== i).map((name) => `the array job ${name}, submitted again`);
  const { stdout } = await promisify(execFile)('squeue', ['-h', '-o', '%j'], { env: { ...process.env, ...cluster } });
  return [...twice, ...stdout.split('\n').filter((name) => names.includes(name))];
}

async function inDatabase({ db }: Machinery): Promise<readonly string[]> {
  const { rows } = await db.orm.execute<{ what: string; count: number }>(sql`
    select 'messages in the queue' as what, count(*)::int as count from graphile_worker.jobs
      where task_identifier <> 'answer' -- nobody waits for it any more, and after some hours it goes
    union all select 'locks of the queue', count(*)::int from graphile_worker._private_job_queues where locked_at is not null
    union all select 'numbers of events that nobody has', (select last from event_counter)::int - count(*)::int from events
    union all select 'transactions that nobody ends', count(*)::int from pg_stat_activity
      where state like 'idle in transaction%' and state_change < now() - interval '5 seconds'
    union all select 'advisory locks', count(*)::int from pg_locks where locktype = 'advisory'`);
  return rows.filter(({ count }) => count !== 0).map(({ what, count }) => `${count} ${what}`);
}

async function onMachines(machinery: Machinery): Promise<readonly string[]> {
  const { home, remoteRoots, temporary } = machinery;
  const roots = [join(home, 'scratch'), join(home, 'machines'), ...remoteRoots];
  const left = (await runners(machinery)).map(({ pid, directory }) => `the runner ${pid} of ${directory}`);
  for (const root of roots) {
    const entries = (await readdir(root).catch(() => [])).map((name) => join(root, name));
    // A machine of the local cloud whose removal was cut short is an empty directory: it has no tag any more, and takes no room.
    for (const entry of entries) if ((await readdir(entry).catch(() => ['?'])).length > 0) left.push(entry);
  }
  for (const id of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const variables = (await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '')).split('\0');
    const marks = roots.map((root) => `KILN_JOB_DIRECTORY=${root}/`);
    if (variables.some((one) => marks.some((mark) => one.startsWith(mark)) || one.startsWith(`TMPDIR=${temporary}/`)))
      left.push(`the process ${id}`);
  }
  return left;
}

async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(directory.length + 1)).sort();
}

function symmetric(a: readonly number[], b: readonly number[]): readonly number[] {
  const doubles = b.filter((one, i) => b.indexOf(one) !== i);
  return [...a.filter((one) => !b.includes(one)), ...b.filter((one) => !a.includes(one)), ...doubles];
}
