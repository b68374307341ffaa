import { type StageHandler, validateStage } from '@kiln/domain';
import { bootstrapNode } from '../bootstrap-node.ts';
import { onEachNode } from '../each-node.ts';
import { needNodes, wanted } from '../machines.ts';
import { RESYNC } from '../resync.ts';

/**
 * Brings the payload to every node and runs its `bootstrap.sh` there, on all nodes at once. A node where that fails is dropped as
 * long as the job has the machines that it needs at least.
 */
export const bootstrap: StageHandler<'bootstrap'> = {
  validate: (submission) => validateStage('bootstrap', submission),
  isTriggered: ({ job }) => job.progress.created && !job.progress.bootstrapped,
  async process(state, world) {
    needNodes(state);
    const open = state.nodes.filter((node) => node.state === 'running');
    const { done, changed, tasks } = await onEachNode(state, world, open, (node) => bootstrapNode(state, world, node));
    const nodes = [...done.map(({ result }) => result.node), ...changed];
    return { nodes, tasks, failures: done.flatMap(({ result: { failure } }) => (failure ? [failure] : [])) };
  },
  output(state, { nodes: seen, tasks, failures }) {
    const nodes = state.nodes.map((node) => seen.find(({ name }) => name === node.name) ?? node);
    const left = nodes.filter((node) => node.state === 'running' || node.state === 'ready').length;
    const message = failures[0] ?? nodes.find((node) => node.state === 'lost')?.note;
    if (message && left < wanted(state).minimum) {
      return { nodes: seen, tasks, ending: { status: 'failed', code: 'BOOTSTRAP_FAILED', message }, again: 0 };
    }
    const ready = nodes.every((node) => node.state !== 'running');
    return ready ? { nodes: seen, tasks, progress: { bootstrapped: true }, again: 0 } : { nodes: seen, tasks, again: RESYNC };
  },
};
