import { type Batch, type JobState, type Node, type StageHandler, validateStage, type World } from '@kiln/domain';
import { batchesOf, freeSlots } from '../batches.ts';
import { needNodes, onEachNode } from '../each-node.ts';

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
      for (const batch of of(node)) await world.site.launch(state.job, node, batch);
    });
    // Whether they came to a node that cannot be reached now shows when it is looked at: what is not there is launched then.
    const reached = [...done.map(({ node }) => node), ...changed.filter((node) => node.state !== 'lost')];
    const launched = reached.map((node) => ({ ...node, batches: [...node.batches, ...of(node).map(({ name }) => ({ name, offset: 0 }))] }));
    return { nodes: [...launched, ...changed.filter((node) => node.state === 'lost')], tasks };
  },
  output: (_state, { nodes, tasks }) => ({ nodes, tasks, progress: { launched: true }, again: 0 }),
};

/** What is to be launched on a node. */
async function newBatches(state: JobState, world: World, node: Node): Promise<readonly Batch[]> {
  const query = { iteration: state.job.iteration, node: node.name };
  const tasks = await world.tasks({ ...query, states: ['scheduled'], wave: state.job.progress.wave });
  if (tasks.length === 0 || node.state !== 'ready') return [];
  const running = node.batches.length > 0 ? await world.tasks({ ...query, states: ['running'] }) : [];
  const batches = batchesOf(state, tasks, freeSlots(state, node, running.length));
  return batches.filter(({ name }) => !node.batches.some((open) => open.name === name));
}
