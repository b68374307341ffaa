import { blocks, isScheduler, type JobState, type Node, type Task } from '@kiln/domain';

/** Nodes that tasks may be dealt to: those that can be reached, if any can. */
function open(nodes: readonly Node[]): readonly Node[] {
  const ready = nodes.filter(({ state }) => state === 'ready');
  const near = ready.filter(({ unreachableSince }) => unreachableSince === null);
  return near.length > 0 ? near : ready;
}

/** Which node gets the task at an index of `total`: each a contiguous block. @throws KnownError TOO_FEW_NODES if there is none */
export function dealer(nodes: readonly Node[], total: number): (index: number) => string {
  const ready = open(nodes);
  const sizes = blocks(total, ready.length);
  const owners: { from: number; name: string }[] = [];
  ready.reduce((from, { name }, i) => {
    owners.push({ from, name });
    return from + (sizes[i] ?? 0);
  }, 0);
  return (index) => owners.findLast(({ from }) => from <= index)?.name ?? '';
}

type Load = Pick<JobState, 'nodes' | 'platform' | 'counts'>;

/** Slots of a node that none of the job's tasks has, but for `own` of them; elements of a cluster wait in its queue. */
export function freeSlots({ platform, counts }: Pick<Load, 'platform' | 'counts'>, { name, slots }: Node, own = 0): number {
  return isScheduler(platform.kind) ? slots : Math.max(0, slots - Math.max(0, (counts.busy[name] ?? 0) - own));
}

/** Nodes with a free slot that can be reached. */
export function nodesWithRoom(state: Load): readonly Node[] {
  return open(state.nodes).filter((node) => freeSlots(state, node) > 0);
}

/**
 * Which node gets which of these tasks: the one that will have the fewest for each of its free slots. A task that is to avoid a node
 * gets another, if there is another.
 */
export function deal(tasks: readonly Task[], state: Load): (task: Task) => string {
  const roomy = nodesWithRoom(state);
  const choice = (roomy.length > 0 ? roomy : open(state.nodes)).map((node) => ({
    name: node.name,
    slots: Math.max(1, freeSlots(state, node)),
    dealt: 0,
  }));
  const owners = new Map<number, string>();
  for (const { number, avoid } of tasks) {
    const others = choice.filter(({ name }) => name !== avoid);
    const [first, ...rest] = others.length > 0 ? others : choice;
    if (!first) break;
    const best = rest.reduce((least, node) => (node.dealt / node.slots < least.dealt / least.slots ? node : least), first);
    best.dealt += 1;
    owners.set(number, best.name);
  }
  return ({ number }) => owners.get(number) ?? '';
}
