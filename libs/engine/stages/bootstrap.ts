import { BOOTSTRAP_TASK, type JobState, type Node, type StageHandler, validateStage, type World } from '@kiln/domain';
import { RESYNC } from '../resync.ts';
import { runScript } from '../run-script.ts';

/** Brings the payload to every node and runs its `bootstrap.sh` there, on all nodes at once. */
export const bootstrap: StageHandler<'bootstrap'> = {
  validate: (submission) => validateStage('bootstrap', submission),
  isTriggered: ({ job }) => job.progress.created && !job.progress.bootstrapped,
  async process(state, world) {
    const open = state.nodes.filter((node) => node.state === 'running');
    const steps = await Promise.all(open.map((node) => bootstrapNode(state, world, node)));
    return { nodes: steps.map(({ node }) => node), failures: steps.flatMap(({ failure }) => (failure ? [failure] : [])) };
  },
  output(state, { nodes, failures }) {
    const message = failures[0];
    if (message) return { nodes, ending: { status: 'failed', code: 'BOOTSTRAP_FAILED', message }, again: 0 };
    const ready = state.nodes.every((node) => (nodes.find(({ name }) => name === node.name) ?? node).state !== 'running');
    return ready ? { nodes, progress: { bootstrapped: true }, again: 0 } : { nodes, again: RESYNC };
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
  } as const;
  const { node: seen, ended, failures } = await runScript(job, world, { ...node, prepared: true }, batch);
  const failure = failures[0]?.message;
  if (failure) return { node: seen, failure };
  return { node: ended.length > 0 ? { ...seen, state: 'ready' } : seen };
}
