import type { JobState, Node, TaskChange, TaskState, World } from '@kiln/domain';

/** Tasks of one node whose results one step brings home. */
const AT_ONCE = 500;

/** Brings results of tasks that are in one of `states` from their nodes to the job's output directory. */
export async function bringHome(
  { job }: JobState,
  world: World,
  nodes: readonly Node[],
  states: readonly TaskState[],
): Promise<readonly TaskChange[]> {
  const all = await Promise.all(
    nodes.map(async (node) => {
      const tasks = await world.tasks({ iteration: job.iteration, states, node: node.name, uncollected: true, limit: AT_ONCE });
      if (tasks.length > 0) await world.storage.unpack('', world.site.collect(job, node, tasks));
      return tasks.map(({ number }): TaskChange => ({ number, collected: true }));
    }),
  );
  return all.flat();
}
