import { type Batch, type Boost, type Job, type JobState, type Node, resourcesOf, type Task, timeLimitsOf } from '@kiln/domain';
import { freeSlots } from './deal.ts';

/** What the names of all batches begin with that run tasks of the current wave. */
export function wavePrefix({ iteration, round, progress }: Pick<Job, 'iteration' | 'round' | 'progress'>): string {
  return `execute-${iteration}-${round}-${progress.wave}.`;
}

/**
 * The batches that run these tasks of one wave on a node: one for each boost. The same tasks are in batches of the same names
 * whenever they are asked for, so that what was launched is found again.
 */
export function batchesOf(state: Pick<JobState, 'job' | 'platform'>, tasks: readonly Task[], free: number): readonly Batch[] {
  const boosts = new Map(tasks.map(({ boost }) => [suffix(boost), boost]));
  const slots = Math.max(1, Math.floor(free / boosts.size));
  return [...boosts].map(([end, boost]) => {
    const numbers = tasks.filter((task) => suffix(task.boost) === end).map(({ number }) => number);
    return batchOf(state, { name: `${wavePrefix(state.job)}${end}`, boost, numbers, slots });
  });
}

/** A batch that was launched before, to go on with those of its tasks that are left. */
export function batchAgain(state: Pick<JobState, 'job' | 'platform' | 'counts'>, node: Node, name: string, left: readonly Task[]): Batch {
  const boost = left[0]?.boost ?? { memory: 1, time: 1 };
  return batchOf(state, {
    name,
    boost,
    numbers: left.map(({ number }) => number),
    slots: Math.max(1, freeSlots(state, node, left.length)),
  });
}

/** Which of a node's tasks are in a batch; null if the batch is not one of tasks. */
export function membersOf(name: string): { readonly wave: number; readonly has: (task: Task) => boolean } | null {
  if (/^execute-\d+-\d+$/.test(name)) return { wave: 0, has: () => true }; // as it was called before there were waves
  const [, wave, end] = /^execute-\d+-\d+-(\d+)\.(.+)$/.exec(name) ?? [];
  return wave === undefined ? null : { wave: Number(wave), has: (task) => suffix(task.boost) === end };
}

function suffix({ memory, time }: Boost): string {
  return `m${Math.round(memory * 100)}t${Math.round(time * 100)}`;
}

interface Content {
  readonly name: string;
  readonly boost: Boost;
  readonly numbers: readonly number[];
  readonly slots: number;
}

function batchOf({ job, platform }: Pick<JobState, 'job' | 'platform'>, { name, boost, numbers, slots }: Content): Batch {
  const { memory, walltime, ...resources } = resourcesOf(job.parameters, platform.settings.resources);
  const { task: limit } = timeLimitsOf(job.parameters);
  return {
    name,
    script: 'main.sh',
    iteration: job.iteration,
    tasks: numbers,
    slots,
    timeLimit: limit === null ? null : Math.ceil(limit * boost.time),
    resources: {
      ...resources,
      ...(memory !== undefined && { memory: Math.ceil(memory * boost.memory) }),
      ...(walltime !== undefined && { walltime: Math.ceil(walltime * boost.time) }),
    },
    tasksPerElement: Number(job.parameters['tasks_per_element'] ?? 0),
  };
}
