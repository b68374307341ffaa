import { type Batch, type Job, type JobState, KnownError, type Node, type StageHandler, validateStage, type World } from '@kiln/domain';
import { batchesOf } from '../batches.ts';
import { freeSlots } from '../deal.ts';
import { onEachNode } from '../each-node.ts';
import { needNodes } from '../machines.ts';

/** Starts the runner with the tasks of this wave on every node. */
export const execute: StageHandler<'execute'> = {
  validate: (submission) => validateStage('execute', submission),
  isTriggered: ({ job: { progress } }) => progress.scheduled && !progress.launched,
  async process(state, world) {
    needNodes(state);
    const batches = new Map<string, readonly Batch[]>();
    for (const node of state.nodes) batches.set(node.name, await newBatches(state, world, node));
    const of = ({ name }: Node) => batches.get(name) ?? [];
    const used = state.nodes.filter((node) => of(node).length > 0);
    const { done, changed, tasks } = await onEachNode(state, world, used, async (node) => {
      for (const batch of of(node)) {
        const busy = await launchIfRoom(world, state.job, node, batch);
        if (busy && node.batches.length === 0) throw busy; // nothing of the job runs there: it waits for its place
      }
    });
    // What did not come to a node, for want of a connection or of a place, is launched when the node is looked at.
    const reached = [...done.map(({ node }) => node), ...changed.filter((node) => node.state !== 'lost')];
    const launched = reached.map((node) => ({ ...node, batches: [...node.batches, ...of(node).map(({ name }) => ({ name, offset: 0 }))] }));
    return { nodes: [...launched, ...changed.filter((node) => node.state === 'lost')], tasks };
  },
  output: (_state, { nodes, tasks }) => ({ nodes, tasks, progress: { launched: true }, again: 0 }),
};

/** Launches a batch; resolves with the reason if there is no place for it now. */
export async function launchIfRoom(world: World, job: Job, node: Node, batch: Batch): Promise<KnownError | null> {
  try {
    await world.site.launch(job, node, batch);
    return null;
  } catch (error) {
    if (error instanceof KnownError && error.code === 'PLATFORM_BUSY') return error;
    throw error;
  }
}

/** What is to be launched on a node. */
async function newBatches(state: JobState, world: World, node: Node): Promise<readonly Batch[]> {
  const query = { iteration: state.job.iteration, node: node.name };
  const tasks = await world.tasks({ ...query, states: ['scheduled'], wave: state.job.progress.wave });
  if (tasks.length === 0 || node.state !== 'ready') return [];
  const batches = batchesOf(state, tasks, freeSlots(state, node, tasks.length));
  return batches.filter(({ name }) => !node.batches.some((open) => open.name === name));
}
