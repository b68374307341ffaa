import type { Batch, Platform, QueueFacts, Resources } from '@kiln/domain';

/** How the tasks of a batch become elements of array jobs. */
export interface Dealing {
  readonly tasksPerElement: number;
  readonly mostElements: number;
  /** What one element asks for: the walltime of all of its tasks. */
  readonly resources: Resources;
}

/**
 * As many elements as may run at once, each with an equal share of the tasks, unless the submission says how many tasks an element has;
 * fewer tasks an element where the walltime of all of them is more than the queue allows.
 */
export function dealing(batch: Batch, { facts }: Platform): Dealing {
  const resources = batch.resources ?? {};
  const { walltime } = resources;
  const wanted = batch.tasksPerElement || Math.ceil(batch.tasks.length / Math.max(1, batch.slots));
  const longest = longestWalltime(facts?.scheduler?.queues ?? [], resources.queue);
  const allowed = walltime ? Math.max(1, Math.floor(longest / walltime)) : wanted;
  const tasksPerElement = Math.min(wanted, allowed);
  return {
    tasksPerElement,
    mostElements: Math.max(1, facts?.scheduler?.arrayLimit ?? 1000),
    resources: { ...resources, ...(walltime ? { walltime: walltime * Math.min(tasksPerElement, batch.tasks.length) } : {}) },
  };
}

/** In seconds, of the queues that are asked for, else of the default, else of those that the scheduler may choose from. */
function longestWalltime(queues: readonly QueueFacts[], asked: string | undefined): number {
  const names = asked?.split(',').map((name) => name.split('@')[0] ?? '');
  const named = queues.filter(({ name, isDefault }) => (names ? names.includes(name) : isDefault));
  const candidates = named.length > 0 ? named : queues.filter(({ open }) => open);
  if (candidates.length === 0) return Number.POSITIVE_INFINITY;
  return Math.max(...candidates.map(({ maxWalltime }) => maxWalltime ?? Number.POSITIVE_INFINITY));
}
