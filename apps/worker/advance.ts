import type { Database } from '@kiln/db/connect';
import { isRefusedValue } from '@kiln/db/errors';
import { loadState, loadTasks, type StoredState } from '@kiln/db/load-state';
import { saveStep } from '@kiln/db/save-step';
import { wakeWaitingAt } from '@kiln/db/slots';
import {
  type Connector,
  hasEnded,
  type Job,
  type JobState,
  KnownError,
  type Step,
  SYSTEM_PARAMETERS,
  type Value,
  type World,
} from '@kiln/domain';
import { blockedBy, step } from '@kiln/engine/step';
import type { Admission } from './admission.ts';
import type { Hints } from './hints.ts';
import { outputDirectory, type Places } from './places.ts';
import type { Versions } from './versions.ts';

/** Steps that one message pays for at most, so that a busy job does not keep others waiting. */
const MOST_STEPS = 50;

export interface Advancing {
  readonly db: Database;
  readonly places: Places;
  readonly admission: Admission;
  readonly versions: Versions;
  readonly hints: Hints;
}

/** Takes a job as far on as it goes without waiting, or until `signal` aborts. Safe to be killed anywhere. */
export async function advance({ db, places, admission, versions, hints }: Advancing, jobId: number, signal: AbortSignal): Promise<void> {
  for (let steps = 1; ; steps += 1) {
    signal.throwIfAborted();
    const stored = await loadState(db, jobId);
    if (!stored || hasEnded(stored.job.status)) return hints.drop(jobId);
    const [state, done] = await stepOf(stored, { db, places, admission, versions }, signal);
    const continues = done.changes.again === 0 && !done.changes.ended && steps < MOST_STEPS;
    if (!(await save(db, stored, done, continues))) return;
    if (leavesRoom(stored, done) && stored.platform.connection) await wakeWaitingAt(db, stored.platform.connection);
    if (done.changes.ended) return hints.drop(jobId);
    if (continues) continue;
    if (done.blocked) return hints.drop(jobId);
    return hints.expect(state, done, places.site(stored.platform, new AbortController().signal));
  }
}

/** After it, fewer tasks of the job run on its platform. */
function leavesRoom({ job: { progress }, platform }: StoredState, { changes }: Step): boolean {
  if (platform.settings.limits.tasks === null || !progress.launched) return false;
  return changes.progress?.finished === true || changes.ended !== undefined;
}

/** A step that the database refuses, whatever is tried, ends the job with that for its reason. */
async function save(db: Database, stored: StoredState, done: Step, continues: boolean): Promise<boolean> {
  try {
    return await saveStep(db, stored, done, continues);
  } catch (error) {
    if (!isRefusedValue(error) || stored.job.ending) throw error;
    const message = `What the ${stored.job.stage} stage came to could not be saved: ${error instanceof Error ? error.message.slice(0, 500) : String(error)}`;
    const { stage } = stored.job;
    return saveStep(
      db,
      stored,
      { stage, changes: { ending: { status: 'failed', code: 'INTERNAL', message }, again: 0 }, blocked: null },
      false,
    );
  }
}

async function stepOf(stored: StoredState, from: Omit<Advancing, 'hints'>, signal: AbortSignal): Promise<[JobState, Step]> {
  const { job } = stored;
  const connector = await from.versions.connector(job).catch((error) => cannotLoad(error, job));
  if ('stage' in connector) return [{ ...stored, connector: withoutCode(job) }, connector];
  const state = { ...stored, connector };
  try {
    return [state, await step(state, worldOf(state, stored, from, signal), Date.now())];
  } catch (error) {
    // `step` itself throws nothing of the kind: the platform cannot be spoken to at all.
    if (!(error instanceof KnownError)) throw error;
    return [state, blockedBy(error, job, Date.now())];
  }
}

/** A connector that cannot be loaded now blocks its jobs; one that cannot be loaded any more fails them, and they still end through destroy. */
function cannotLoad(error: unknown, job: Job): Step | Connector {
  if (error instanceof KnownError && error.retryable) return blockedBy(error, job, Date.now());
  if (job.ending) return withoutCode(job);
  if (!(error instanceof KnownError)) throw error;
  return { stage: job.stage, changes: { ending: { status: 'failed', code: error.code, message: error.message }, again: 0 }, blocked: null };
}

function withoutCode(job: Job): Connector {
  return {
    name: job.connector,
    title: job.connector,
    description: '',
    runsOn: [],
    parameters: [],
    defaults: {},
    sweep: {},
    stages: {},
    payload: { bootstrap: false, schedule: false, copied: false },
  };
}

function worldOf(
  state: JobState,
  { output }: StoredState,
  { db, places, admission, versions }: Omit<Advancing, 'hints'>,
  signal: AbortSignal,
): World {
  const { job, connector, platform } = state;
  return {
    site: admission.guarded(places.site(platform, signal), platform),
    storage: places.storage(output.storage, outputDirectory(output.path, job), signal),
    tasks: (query) => loadTasks(db, job.id, query),
    payload: async () => ({
      archive: () => versions.payload(job, connector),
      copied: connector.payload.copied,
      parameters: ownParameters(job),
    }),
    signal,
  };
}

/** What a task sees of the parameters: those of its connector, not those of Kiln. */
function ownParameters({ parameters }: Job): Record<string, Value> {
  const kilns: readonly string[] = SYSTEM_PARAMETERS;
  return Object.fromEntries(
    Object.entries(parameters).flatMap(([name, value]) => (typeof value === 'object' || kilns.includes(name) ? [] : [[name, value]])),
  );
}
