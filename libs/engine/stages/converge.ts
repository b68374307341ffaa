import { KnownError, type StageHandler, validateStage } from '@kiln/domain';

/** Decides whether there is another iteration; without a word of the connector the first is the last. */
export const converge: StageHandler<'converge'> = {
  validate: (submission) => validateStage('converge', submission),
  isTriggered: ({ job: { progress } }) => progress.transformed && !progress.converged,
  process: async () => ({ done: true }),
  output({ job, nodes }, { done, criterion }) {
    if (criterion !== undefined && !Number.isFinite(criterion)) {
      throw new KnownError(
        'CONNECTOR_CODE',
        `The converge stage of ${job.connector} gave ${criterion} as criterion; it must be a finite number.`,
      );
    }
    const criteria = criterion === undefined ? {} : { criteria: [...job.criteria, criterion] };
    if (done) return { ...criteria, progress: { converged: true }, again: 0 };
    const { before, total } = job.progress;
    return {
      ...criteria,
      iteration: job.iteration + 1,
      progress: { before: before + total, planned: 0, total: 0, scheduled: false, launched: false, finished: false, transformed: false },
      nodes: nodes.map((node) => ({ ...node, batch: null, offset: 0 })),
      again: 0,
    };
  },
};
