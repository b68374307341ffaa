import { type JobState, KnownError, type Node, type StageHandler, type TaskChange, validateStage, type World } from '@kiln/domain';
import { bringHome } from '../bring-home.ts';

/** Ends what still runs, removes the job's directories, gives its machines back and publishes the last iteration as `output`. */
export const destroy: StageHandler<'destroy'> = {
  validate: (submission) => validateStage('destroy', submission),
  isTriggered: ({ job }) => job.progress.converged || job.ending !== null,
  async process(state, world) {
    const { job } = state;
    const nodes = await present(state, world);
    await Promise.all(nodes.map((node) => world.site.stop(job, node)));
    const { tasks, note } = await rescue(state, world, nodes);
    if (tasks.length > 0) return { left: true, tasks };
    await Promise.all(nodes.map((node) => world.site.clean(job, node)));
    await world.site.destroy(job);
    if (!job.ending) await world.storage.copy(`output_${job.iteration}`, 'output');
    return { left: false, tasks: [], ...(note ? { note } : {}) };
  },
  output({ job, nodes }, { left, tasks, note }) {
    if (left) return { tasks, again: 0 };
    return {
      ended: job.ending?.status ?? 'succeeded',
      cancelTasks: true,
      nodes: nodes.map((node) => ({ ...node, state: 'destroyed' })),
      ...(note ? { note } : {}),
      again: 0,
    };
  },
};

/** The job's nodes as the platform lists them now, known to the job or not. */
async function present({ job, nodes }: JobState, world: World): Promise<readonly Node[]> {
  const machines = await world.site.list(job);
  return machines.map(
    (machine) =>
      nodes.find(({ name }) => name === machine.name) ?? { ...machine, state: 'running', prepared: false, batch: null, offset: 0 },
  );
}

/** Brings home what tasks that were cut short left behind; if that cannot be, the job ends without it and says so. */
async function rescue(state: JobState, world: World, nodes: readonly Node[]): Promise<{ tasks: readonly TaskChange[]; note?: string }> {
  if (!state.job.ending) return { tasks: [] };
  try {
    return { tasks: await bringHome(state, world, nodes, ['running', 'succeeded', 'failed']) };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return { tasks: [], note: `Results of tasks that were cut short are lost: ${error.message}` };
  }
}
