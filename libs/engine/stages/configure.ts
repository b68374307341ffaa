import { type StageHandler, validateStage } from '@kiln/domain';

/** Opens the job's directory in its output location. */
export const configure: StageHandler<'configure'> = {
  validate: (submission) => validateStage('configure', submission),
  isTriggered: ({ job }) => !job.progress.configured,
  async process(_state, { storage }) {
    await storage.open('');
    return { opened: true };
  },
  output: () => ({ progress: { configured: true }, again: 0 }),
};
