import { blocks, type Node, type Task } from '@kiln/domain';

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

/** Which node gets which of these tasks; one that is to avoid a node gets another, if there is another. */
export function deal(tasks: readonly Task[], nodes: readonly Node[]): (task: Task) => string {
  const nodeAt = dealer(nodes, tasks.length);
  const owners = new Map(tasks.map((task, i) => [task.number, elsewhere(task, nodeAt(i), i)]));
  return ({ number }) => owners.get(number) ?? '';

  function elsewhere({ avoid }: Task, given: string, index: number): string {
    if (avoid !== given) return given;
    const others = open(nodes).filter(({ name }) => name !== avoid);
    return others[index % Math.max(1, others.length)]?.name ?? given;
  }
}
