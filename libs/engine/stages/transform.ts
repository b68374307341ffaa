import { type StageHandler, validateStage } from '@kiln/domain';

/** Prepares the next iteration; what that is, a connector says. */
export const transform: StageHandler<'transform'> = {
  validate: (submission) => validateStage('transform', submission),
  isTriggered: ({ job: { progress } }) => progress.finished && !progress.transformed,
  process: async () => ({}),
  output: (_state, { note }) => ({ progress: { transformed: true }, ...(note ? { note } : {}), again: 0 }),
};
