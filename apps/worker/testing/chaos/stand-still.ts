import { setTimeout as sleep } from 'node:timers/promises';
import { hasEnded, type JobStatus } from '@kiln/domain';
import { sql } from 'drizzle-orm';
import { type Machinery, patiently } from './machinery.ts';
import { type RunnerProcess, runners, signal } from './processes.ts';

/** How long a worker stands still that came to no point, in milliseconds: others take its jobs over meanwhile. */
const PAUSE = 2500;
/** How long the others may take to get on, in milliseconds. */
const LONGEST = 20_000;
const TURN = 50;

/** Lets a worker that stands still go on when others have taken the job to another stage, so that whatever it does next is late. */
export async function goOnLate(pid: number, { db }: Machinery, job: number | null): Promise<void> {
  if (job === null) await sleep(PAUSE);
  else {
    const before = await whereabouts(db, job);
    for (const end = Date.now() + LONGEST; Date.now() < end && (await whereabouts(db, job)) === before; ) await sleep(TURN);
  }
  signal(pid, 'SIGCONT');
}

/** Resolves when the job has ended. */
export async function atItsEnd({ db }: Machinery, job: number): Promise<void> {
  for (const end = Date.now() + LONGEST; Date.now() < end && (await whereabouts(db, job)) !== END; ) await sleep(TURN);
}

const END = 'at its end';

async function whereabouts(db: Machinery['db'], job: number): Promise<string> {
  const { rows } = await patiently(() =>
    db.orm.execute<{ status: JobStatus; place: string }>(
      sql`select status, stage || ' ' || iteration || ' ' || (progress->>'wave') as place from jobs where id = ${job}`,
    ),
  );
  const { status, place } = rows[0] ?? {};
  return status && hasEnded(status) ? END : String(place);
}

/** Resolves when another runner works through the batch, or nobody will. */
export async function anotherBegins(machinery: Machinery, killed: RunnerProcess): Promise<void> {
  for (const end = Date.now() + LONGEST; Date.now() < end; await sleep(TURN)) {
    const all = await runners(machinery);
    const its = all.filter(({ directory, batch }) => directory === killed.directory && batch === killed.batch);
    if (its.length === 0 || its.some(({ first, pid }) => first && pid !== killed.pid)) return;
  }
}
