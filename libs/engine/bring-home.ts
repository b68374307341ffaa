import type { Job, JobState, Node, Task, TaskChange, TaskState, World } from '@kiln/domain';

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
      if (tasks.length > 0 && !(await adopted(job, world, node, tasks))) {
        await world.storage.unpack('', world.site.collect(job, node, tasks));
      }
      return tasks.map(({ number }): TaskChange => ({ number, collected: true }));
    }),
  );
  return all.flat();
}

/** Brings results home without copying them, if node and storage are one machine and one file system. */
async function adopted(job: Job, { site, storage }: World, node: Node, tasks: readonly Task[]): Promise<boolean> {
  const directory = storage.adopt && (await site.directory?.(job, node));
  if (!storage.adopt || !directory) return false;
  const outputs = tasks.map(({ number, iteration }) => `output_${iteration}/${number}`);
  return storage.adopt(
    directory,
    outputs,
    tasks.flatMap(({ number }) => [`logs/${number}.out`, `logs/${number}.err`]),
  );
}
