import {
  type Changes,
  type Ending,
  type Job,
  type JobState,
  KnownError,
  type StageHandler,
  type StageName,
  type Step,
  TRANSITIONS,
  type World,
} from '@kiln/domain';
import { OutOfReach } from './each-node.ts';
import { HANDLERS, handlerOf } from './handlers.ts';
import { overdue, withIdleness } from './limits.ts';
import { missingSince } from './missing-since.ts';

/**
 * Takes a job one step on: moves it to the stage whose pre-condition holds, or performs the action of the stage it is in.
 * Never throws but when `world.signal` is aborted: whatever goes wrong is part of the step.
 */
export async function step(state: JobState, world: World): Promise<Step> {
  return withIdleness(state, await taken(state, world), world.now());
}

async function taken(state: JobState, world: World): Promise<Step> {
  const { job } = state;
  const now = world.now();
  const late = overdue(state, now);
  if (late) return late;
  try {
    const stage = triggered(state);
    if (stage !== job.stage) return { stage, changes: { again: 0 }, blocked: null };
    return { stage, changes: await act(stage, state, world), blocked: null };
  } catch (error) {
    world.signal.throwIfAborted();
    if (job.stage === 'destroy' || (error instanceof KnownError && error.retryable)) return blockedBy(error, job, now);
    return { stage: job.stage, changes: { ending: endingFor(error, job.stage), again: 0 }, blocked: null };
  }
}

/** The stage to be in: the present one or one that may follow it, whichever's pre-condition holds first. */
export function triggered(state: JobState): StageName {
  const { job, connector } = state;
  if (job.ending) return 'destroy';
  const found = [job.stage, ...TRANSITIONS[job.stage]].find((name) => handlerOf(connector, name).isTriggered(state));
  if (!found) throw new Error(`No stage can follow ${job.stage}: no pre-condition holds.`);
  return found;
}

/** How often a connector's own destroy may fail before Kiln's takes its place: a job must be able to end. */
const OWN_DESTROY_ATTEMPTS = 5;

async function act<N extends StageName>(name: N, state: JobState, world: World): Promise<Changes> {
  const stuck = name === 'destroy' && (state.job.blocked?.attempts ?? 0) >= OWN_DESTROY_ATTEMPTS;
  const handler: StageHandler<N> = stuck ? HANDLERS[name] : handlerOf(state.connector, name);
  return handler.output(state, await handler.process(state, world));
}

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;

/** The step of a job that meets trouble which may pass: it stays where it is and tries again, ever more seldom. */
export function blockedBy(error: unknown, job: Job, now: number): Step {
  const attempts = (job.blocked?.attempts ?? 0) + 1;
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(attempts - 1, 10));
  const { code, message } = endingFor(error, job.stage);
  const before = job.blocked?.code === code ? job.blocked : null;
  const blocked = {
    code,
    message,
    attempts,
    since: missingSince(before?.since ?? null, before?.until ?? null, now),
    until: new Date(now + pause).toISOString(),
  };
  const nodes = error instanceof OutOfReach ? { nodes: error.nodes } : {};
  return { stage: job.stage, changes: { ...nodes, again: pause }, blocked };
}

function endingFor(error: unknown, stage: StageName): Ending {
  if (error instanceof KnownError) return { status: 'failed', code: error.code, message: error.message };
  const message = `The ${stage} stage failed unexpectedly: ${error instanceof Error ? error.message : String(error)}`;
  return { status: 'failed', code: 'INTERNAL', message };
}
