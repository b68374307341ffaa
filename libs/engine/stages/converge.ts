import {
  type IterationEnding,
  type IterationRecord,
  type JobState,
  KnownError,
  progressOfNext,
  type StageHandler,
  validateStage,
} from '@kiln/domain';
import { chooseSweep } from '../choose-sweep.ts';

/** Decides whether there is another iteration; without a word of the connector the first is the last. */
export const converge: StageHandler<'converge'> = {
  validate: (submission) => validateStage('converge', submission),
  isTriggered: ({ job: { progress } }) => progress.transformed && !progress.converged,
  async process(state, world) {
    const { job, connector } = state;
    if (!connector.transform && !connector.converged) return { done: true };
    const before = (await world.history()).filter(({ iteration }) => iteration <= job.iteration);
    const iterations = before.at(-1)?.iteration === job.iteration ? before : [...before, emptyRecord(job.iteration)];
    const verdict = connector.converged ? await world.code.converged({ parameters: job.parameters, iterations }) : { done: false };
    if (endingOf(state, verdict.done)) return verdict;
    return { ...verdict, ...(await chooseSweep(state, world, job.iteration + 1, iterations.at(-1) ?? null)) };
  },
  output(state, { done, criterion, note, sweep }) {
    const { job, nodes, connector } = state;
    if (criterion !== undefined && !Number.isFinite(criterion)) {
      throw new KnownError(
        'CONNECTOR_CODE',
        `The converge stage of ${job.connector} gave ${criterion} as criterion; it must be a finite number.`,
      );
    }
    const criteria = criterion === undefined ? {} : { criteria: [...job.criteria, criterion] };
    const ending = endingOf(state, done);
    const iterates = connector.transform !== undefined || connector.converged !== undefined;
    const record = iterates ? { record: { criterion: criterion ?? null, ending, ...(note ? { note } : {}) } } : {};
    const said = { ...criteria, ...record, ...(note ? { note } : {}), again: 0 };
    if (ending) return { ...said, progress: { converged: true } };
    return {
      ...said,
      iteration: job.iteration + 1,
      sweep: sweep ?? null,
      progress: progressOfNext(job.progress),
      nodes: nodes.filter(({ batches }) => batches.length > 0).map((node) => ({ ...node, batches: [] })),
    };
  },
};

function emptyRecord(iteration: number): IterationRecord {
  return { iteration, criterion: null, scores: {}, kept: [], inputs: [], ending: null, note: null };
}

/** Why this iteration is the last; null if another follows. */
function endingOf({ job }: JobState, done: boolean): IterationEnding | null {
  if (done) return 'converged';
  if (job.maximumIterations !== null && job.iteration + 1 >= job.maximumIterations) return 'maximum';
  return job.stopAfterIteration ? 'stopped' : null;
}
