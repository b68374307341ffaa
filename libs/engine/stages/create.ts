import { type StageHandler, validateStage } from '@kiln/domain';
import { nodeOf, pastNames, wanted } from '../machines.ts';
import { RESYNC } from '../resync.ts';

/** Asks the platform for the job's machines until those are there that do not take too long; on a platform that is simply there, its one machine. */
export const create: StageHandler<'create'> = {
  validate: (submission) => validateStage('create', submission),
  isTriggered: ({ job }) => job.progress.configured && !job.progress.created,
  async process(state, world) {
    const creation = await world.site.create(state.job, wanted(state).count, world.confirm, pastNames(state));
    return { ...creation, nodes: creation.machines.map((machine) => nodeOf(machine, state, world)) };
  },
  output(state, { nodes, coming, late, delayed, reasons }) {
    const { count, minimum } = wanted(state);
    const enough = nodes.length >= minimum;
    if (coming > (enough ? late : 0)) return { again: RESYNC };
    const why = reasons.map((reason) => ` ${reason}`).join('');
    const given = `${state.platform.name} gave ${nodes.length} of ${count} machines`;
    if (enough) return { nodes, progress: { created: true, coming: coming + delayed }, ...(why && { note: `${given}.${why}` }), again: 0 };
    const message = `${given}; at least ${minimum} are needed.${why}`;
    return { nodes, ending: { status: 'failed', code: 'TOO_FEW_NODES', message }, again: 0 };
  },
};
