import { type JobState, type Node, reliabilityOf, retryOf, type Task, type TaskChange, type World } from '@kiln/domain';
import { bringHome } from './bring-home.ts';
import { onEachNode } from './each-node.ts';

/** Tasks of one node that one step settles. */
const AT_ONCE = 500;

/**
 * Of tasks that have ended: brings home what succeeded and what failed beyond recovery, and sends the other failed ones back, with
 * their logs brought home. What was on a lost node is lost.
 */
export async function settle(state: JobState, world: World): Promise<{ nodes: readonly Node[]; tasks: readonly TaskChange[] }> {
  const there = state.nodes.filter((node) => node.state === 'ready' || node.state === 'running');
  const names = state.nodes.filter((node) => !there.includes(node)).map(({ name }) => name);
  const gone = await Promise.all([...names, ''].map((name) => ended(state, world, name)));
  const { done, changed, tasks } = await onEachNode(state, world, there, async (node) => {
    const ends = await ended(state, world, node.name);
    const home = decide(state, world, ends);
    await bringHome(state, world, node, home.final, false);
    await bringHome(state, world, node, home.again, true);
    return home.changes;
  });
  const without = decide(state, world, gone.flat());
  return { nodes: changed, tasks: [...done.flatMap(({ result }) => result), ...tasks, ...without.changes.map(logsLost)] };
}

function ended({ job }: JobState, world: World, node: string): Promise<readonly Task[]> {
  return world.tasks({ iteration: job.iteration, states: ['succeeded', 'failed'], node, uncollected: true, limit: AT_ONCE });
}

interface Decided {
  readonly final: readonly Task[];
  readonly again: readonly Task[];
  readonly changes: readonly TaskChange[];
}

function decide({ job }: JobState, world: World, tasks: readonly Task[]): Decided {
  const reliability = reliabilityOf(job.parameters);
  const retries = new Map(
    tasks.map((task) => [task.number, task.state === 'failed' ? retryOf(task, reliability, world.now()) : null] as const),
  );
  return {
    final: tasks.filter(({ number }) => !retries.get(number)),
    again: tasks.filter(({ number }) => retries.get(number)),
    changes: tasks.map(({ number }): TaskChange => {
      const retry = retries.get(number);
      return { number, collected: true, ...(retry ? { retry } : {}) };
    }),
  };
}

/** Of a failed task on a lost node nothing can be had; that it is settled shows in `collected` all the same, but an attempt says so. */
function logsLost({ collected: _, ...change }: TaskChange): TaskChange {
  return change.retry ? change : { ...change, collected: true };
}
