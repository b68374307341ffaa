import { countPoints, type JobState, type Machine, type Node, type StageHandler, sweepOf, validateStage, wantedNodes } from '@kiln/domain';

/** Asks the platform for the job's machines; on a platform that is simply there, its one machine. */
export const create: StageHandler<'create'> = {
  validate: (submission) => validateStage('create', submission),
  isTriggered: ({ job }) => job.progress.configured && !job.progress.created,
  async process(state, { site }) {
    return { machines: await site.create(state.job, wanted(state).count) };
  },
  output(state, { machines }) {
    const { count, minimum } = wanted(state);
    const nodes = machines.map(toNode);
    if (machines.length >= minimum) return { nodes, progress: { created: true }, again: 0 };
    const message = `${state.platform.name} gave ${machines.length} of ${count} machines; at least ${minimum} are needed.`;
    return { nodes, ending: { status: 'failed', code: 'TOO_FEW_NODES', message }, again: 0 };
  },
};

function wanted({ job, connector, platform }: JobState): { count: number; minimum: number } {
  return wantedNodes(platform, job.parameters, countPoints(sweepOf(connector, job.parameters, job.iteration)));
}

function toNode({ name, address, root, slots }: Machine): Node {
  return { name, address, root, slots, state: 'running', prepared: false, batch: null, offset: 0, note: null };
}
