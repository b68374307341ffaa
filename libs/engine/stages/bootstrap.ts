import { BOOTSTRAP_TASK, type JobState, type Node, type StageHandler, validateStage, type World } from '@kiln/domain';
import { needNodes, onEachNode } from '../each-node.ts';
import { RESYNC } from '../resync.ts';
import { runScript, scriptLost } from '../run-script.ts';
import { wanted } from './create.ts';

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

async function bootstrapNode(state: JobState, world: World, node: Node): Promise<{ node: Node; failure?: string }> {
  const { job, connector } = state;
  if (!node.prepared) {
    await world.site.prepare(job, node, await world.payload());
    if (!connector.payload.bootstrap) return { node: { ...node, prepared: true, state: 'ready' } };
  }
  const batch = {
    name: `bootstrap-${job.round}`,
    script: 'bootstrap.sh',
    iteration: job.iteration,
    tasks: [BOOTSTRAP_TASK],
    slots: 1,
    timeLimit: null,
  } as const;
  const { node: seen, ended, failures, over } = await runScript(job, world, { ...node, prepared: true }, batch);
  const failure = failures[0]?.message ?? (over ? scriptLost(batch, node) : undefined);
  if (failure) return { node: { ...seen, state: 'lost', batches: [], note: failure }, failure };
  return { node: ended.length > 0 ? { ...seen, state: 'ready', batches: [] } : seen };
}
