import { type StageHandler, validateStage } from '@kiln/domain';
import { needRoom } from '../bring-home.ts';
import { chooseSweep } from '../choose-sweep.ts';
import { openExperiment } from '../curate.ts';
import { bringInputs, inputsOf } from '../inputs.ts';

/** Opens the job's directory in its output location, brings its input there, opens its experiment, and chooses the points of its first iteration. */
export const configure: StageHandler<'configure'> = {
  validate: (submission) => validateStage('configure', submission),
  isTriggered: ({ job }) => !job.progress.configured,
  async process(state, world) {
    const { job } = state;
    await world.storage.open('');
    if (!job.sweep) await bringInputs(state, world);
    const opened = await openExperiment(state, world);
    if (job.sweep) return { sweep: job.sweep, total: job.progress.total, ...opened };
    const history = job.iteration > 0 ? await world.history() : [];
    const previous = history.find(({ iteration }) => iteration === job.iteration - 1) ?? null;
    const inputs = inputsOf(job.iteration);
    const begins = job.branchOf?.iteration === job.iteration - 1 && previous !== null && previous.inputs.length > 0;
    if (world.origin && begins) {
      if (world.storage.needRoom) await needRoom(world, await world.origin.size([inputs]));
      await world.storage.unpack(inputs, world.origin.pack(inputs));
    }
    return { ...(await chooseSweep(state, world, job.iteration, previous)), ...opened };
  },
  output: (_state, { sweep, total, curation, note }) => ({
    sweep,
    progress: { configured: true, total },
    ...(curation && { curation }),
    ...(note && { note }),
    again: 0,
  }),
};
