import { BOOTSTRAP_TASK, type JobState, type Node, type World } from '@kiln/domain';
import { runScript, scriptLost } from './run-script.ts';

/** Brings the payload to a node and runs its `bootstrap.sh` there; to be repeated until the node is `ready`, or `lost` if that failed. */
export async function bootstrapNode(state: JobState, world: World, node: Node): Promise<{ node: Node; failure?: string }> {
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
