import { type JobState, newNode, type StageHandler, validateStage, wantedNodes } from '@kiln/domain';
import { RESYNC } from '../resync.ts';

/** Asks the platform for the job's machines until none is on its way; on a platform that is simply there, its one machine. */
export const create: StageHandler<'create'> = {
  validate: (submission) => validateStage('create', submission),
  isTriggered: ({ job }) => job.progress.configured && !job.progress.created,
  async process(state, { site, confirm }) {
    return site.create(state.job, wanted(state).count, confirm);
  },
  output(state, { machines, coming, reasons }) {
    if (coming > 0) return { again: RESYNC };
    const { count, minimum } = wanted(state);
    const nodes = machines.map(newNode);
    if (machines.length >= minimum) return { nodes, progress: { created: true }, again: 0 };
    const message = `${state.platform.name} gave ${machines.length} of ${count} machines; at least ${minimum} are needed.${reasons.map((reason) => ` ${reason}`).join('')}`;
    return { nodes, ending: { status: 'failed', code: 'TOO_FEW_NODES', message }, again: 0 };
  },
};

/** Of a job that goes on, only tasks that are left need machines; it may have as many as at its beginning. */
export function wanted({ job, platform }: JobState): { count: number; minimum: number } {
  return wantedNodes(platform, job.parameters, Math.max(1, job.progress.total));
}
