import { type Batch, type Platform, type Resources } from '@kiln/domain';

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
  const queues = facts?.scheduler?.queues ?? [];
  const queue = queues.find(({ name, isDefault }) => (resources.queue ? name === resources.queue : isDefault));
  const wanted = batch.tasksPerElement || Math.ceil(batch.tasks.length / Math.max(1, batch.slots));
  const allowed = walltime && queue?.maxWalltime ? Math.max(1, Math.floor(queue.maxWalltime / walltime)) : wanted;
  const tasksPerElement = Math.min(wanted, allowed);
  return {
    tasksPerElement,
    mostElements: facts?.scheduler?.arrayLimit ?? 1000,
    resources: { ...resources, ...(walltime ? { walltime: walltime * Math.min(tasksPerElement, batch.tasks.length) } : {}) },
  };
}
