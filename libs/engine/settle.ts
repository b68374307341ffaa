import { type JobState, type Node, reliabilityOf, retryOf, retryOfLost, type Task, type TaskChange, type World } from '@kiln/domain';
import { bringHome } from './bring-home.ts';
import { onEachNode } from './each-node.ts';
import { willHaveOthers } from './machines.ts';
import { withNumbers } from './read-numbers.ts';

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
    return withNumbers(state, world, home.final, home.changes);
  });
  return {
    nodes: changed,
    tasks: [
      ...done.flatMap(({ result }) => result),
      ...tasks,
      ...settleLost(state, world, gone.flat(), there.length > 0 || willHaveOthers(state)),
    ],
  };
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

/** What is on a lost node is lost: what had succeeded there has failed after all, and is tried again if machines are left. */
function settleLost({ job }: JobState, world: World, tasks: readonly Task[], othersLeft: boolean): readonly TaskChange[] {
  const reliability = reliabilityOf(job.parameters);
  return tasks.map((task): TaskChange => {
    const { number, node, state, failure } = task;
    const message = `${node} was lost with what the task had left.`;
    if (state === 'succeeded') return { number, state: 'failed', failure: { code: 'NODE_FAILED', message } };
    const ofMachine = failure?.code === 'NODE_FAILED' && othersLeft;
    const retry = (ofMachine ? retryOfLost(task, job.parameters, world.now()) : null) ?? retryOf(task, reliability, world.now());
    return retry ? { number, retry } : { number, collected: true };
  });
}
