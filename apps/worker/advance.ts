import { inputValues } from '@kiln/connectors/input-values';
import type { LoadedConnector } from '@kiln/connectors/load';
import { numbersIn } from '@kiln/connectors/numbers';
import { createConnectorCode } from '@kiln/connectors/run-code';
import { runsInWorkers } from '@kiln/db/catalog';
import type { Database } from '@kiln/db/connect';
import { isRefusedValue } from '@kiln/db/errors';
import { isCurrent, loadIterations, loadState, loadTasks, type StoredState } from '@kiln/db/load-state';
import { saveStep } from '@kiln/db/save-step';
import { wakeWaitingAt } from '@kiln/db/slots';
import {
  type Connector,
  hasEnded,
  type Job,
  type JobState,
  KnownError,
  numbersOf,
  ownParameters,
  type Platform,
  type Step,
  type World,
} from '@kiln/domain';
import { overdue, timeLeft } from '@kiln/engine/limits';
import { blockedBy, step } from '@kiln/engine/step';
import type { Admission } from './admission.ts';
import { type Directing, directCopies } from './direct.ts';
import { fromDatabase } from './from-database.ts';
import type { Hints } from './hints.ts';
import { inputLocation } from './input-location.ts';
import { createMeter } from './meter.ts';
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
  readonly directing: Directing;
  /** Of this process: what connectors' own code sees of it is passed on to it. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly observer?: Observer | undefined;
}

/** Stands between the steps of jobs and what they touch. Kiln itself has none: tests let the world end at each of these places. */
export interface Observer {
  world(job: Job, world: World): World;
  save(job: Job, step: Step, save: () => Promise<boolean>): Promise<boolean>;
}

/** Takes a job as far on as it goes without waiting, or until `signal` aborts. Safe to be killed anywhere. */
export async function advance(advancing: Advancing, jobId: number, signal: AbortSignal): Promise<void> {
  const { db, places, hints, observer } = advancing;
  for (let steps = 1; ; steps += 1) {
    signal.throwIfAborted();
    const stored = await loadState(db, jobId);
    if (!stored || hasEnded(stored.job.status) || stored.job.status === 'waiting') return hints.drop(jobId);
    const [state, done] = await stepOf(stored, advancing, signal);
    const continues = done.changes.again === 0 && !done.changes.ended && steps < MOST_STEPS;
    const saving = () => save(db, stored, done, continues);
    if (!(await (observer ? observer.save(stored.job, done, saving) : saving()))) return;
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

async function stepOf(stored: StoredState, from: Advancing, signal: AbortSignal): Promise<[JobState, Step]> {
  const { job } = stored;
  const late = overdue(stored, stored.now()); // whether or not its connector can be loaded and its platform spoken to
  if (late) return [{ ...stored, connector: withoutCode(job) }, late];
  const deadly = stored.workersLost >= MOST_WORKERS_LOST && (await fromDatabase(() => runsInWorkers(from.db, job.version)));
  if (deadly && !job.ending) return [{ ...stored, connector: withoutCode(job) }, endsWorkers(stored)];
  const loaded = deadly
    ? { connector: withoutCode(job), code: null }
    : await from.versions.load(job).catch((error) => cannotLoad(error, stored));
  if ('stage' in loaded) return [{ ...stored, connector: withoutCode(job) }, loaded];
  const state = { ...stored, connector: loaded.connector };
  const left = timeLeft(state, stored.now());
  const limit = left === null ? null : AbortSignal.timeout(Math.min(left, LONGEST_TIMER)); // a whole number, or it throws
  try {
    const world = worldOf(state, stored, loaded, from, limit ? AbortSignal.any([signal, limit]) : signal);
    return [state, inTime(await step(state, from.observer?.world(job, world) ?? world), left)];
  } catch (error) {
    signal.throwIfAborted();
    if (limit?.aborted) return [state, { stage: job.stage, changes: { again: 0 }, blocked: null }]; // the next step says so
    // `step` itself throws nothing of the kind: the platform cannot be spoken to at all.
    if (!(error instanceof KnownError)) throw error;
    return [state, inTime(blockedBy(error, job, stored.now()), left)];
  }
}

/**
 * Workers that one step of a job may cost in a row, if its connector's own code runs in them: it would end all that follow, too. One that
 * is killed for other reasons takes steps along by chance, and seldom the same one again.
 */
const MOST_WORKERS_LOST = 8;

function endsWorkers({ job: { stage }, workersLost }: StoredState): Step {
  const message =
    `${workersLost} workers in a row ended or stood still at the ${stage} stage of this job. ` +
    "The connector's own code for that stage is the likely cause; mend it and submit the job again.";
  return { stage, changes: { ending: { status: 'failed', code: 'CONNECTOR_CODE', message }, again: 0 }, blocked: null };
}

/** What a timer of Node can wait for at most, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The next step is due when a time limit is. */
function inTime(step: Step, left: number | null): Step {
  return left === null ? step : { ...step, changes: { ...step.changes, again: Math.min(step.changes.again, left) } };
}

/** A connector that cannot be loaded now blocks its jobs; one that cannot be loaded any more fails them, and they still end through destroy. */
function cannotLoad(error: unknown, { job, now }: StoredState): Step | Loaded {
  if (error instanceof KnownError && error.retryable) return blockedBy(error, job, now());
  if (job.ending) return { connector: withoutCode(job), code: null };
  if (!(error instanceof KnownError)) throw error;
  return { stage: job.stage, changes: { ending: { status: 'failed', code: error.code, message: error.message }, again: 0 }, blocked: null };
}

type Loaded = Pick<LoadedConnector, 'connector' | 'code'>;

function withoutCode(job: Job): Connector {
  return {
    name: job.connector,
    title: job.connector,
    description: '',
    runsOn: [],
    parameters: [],
    defaults: {},
    sweep: {},
    reliability: false,
    input: null,
    outputs: [],
    stages: {},
    payload: { bootstrap: false, schedule: false, copied: false, initial: false, placeholders: [] },
  };
}

function worldOf(state: JobState, stored: StoredState, loaded: Loaded, from: Advancing, signal: AbortSignal): World {
  const { db, places, admission, versions, environment } = from;
  const { job, connector, platform } = state;
  const { output, origin, input, curator } = stored;
  const meter = createMeter(db, job.id);
  const confirm = async () => {
    if (await fromDatabase(() => isCurrent(db, job))) return;
    throw new KnownError('CONFLICT', `Another worker has gone on with job ${job.id}.`, { retryable: true });
  };
  const machineOf = (one: Platform | null | undefined) => (one ? places.machine(one) : null);
  const ends = { node: machineOf(platform), home: machineOf(output.storage), input: machineOf(input?.platform) };
  return {
    site: admission.guarded(places.site(platform, signal), platform),
    storage: places.storage(output.storage, outputDirectory(output.path, job), signal),
    origin: origin && places.storage(origin.output.storage, outputDirectory(origin.output.path, origin.job), signal),
    input: input && inputLocation(db, places, { ...input, ownerId: job.ownerId }, signal),
    valuesIn: (text, file) => inputValues(text, file, connector),
    metered: meter.stream,
    direct: directCopies(from.directing, { job, ends, meter, confirm, signal }),
    code: createConnectorCode({ loaded, signal, environment }),
    curator: curator && places.curator(curator, job, signal),
    numbers: (read) => numbersIn(numbersOf(connector.outputs), read),
    confirm,
    history: () => fromDatabase(() => loadIterations(db, job.id)),
    tasks: (query) => fromDatabase(() => loadTasks(db, job.id, query)),
    payload: async () => ({
      archive: () => versions.payload(job, connector),
      size: () => versions.payloadSize(job, connector),
      copied: connector.payload.copied,
      parameters: ownParameters(job),
      round: job.round,
    }),
    signal,
    now: stored.now,
  };
}
