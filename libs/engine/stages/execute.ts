import { type Batch, type JobState, type Node, resourcesOf, type StageHandler, type Task, validateStage } from '@kiln/domain';

/** Starts the runner with its tasks on every node. */
export const execute: StageHandler<'execute'> = {
  validate: (submission) => validateStage('execute', submission),
  isTriggered: ({ job: { progress } }) => progress.scheduled && !progress.launched,
  async process(state, { site, tasks }) {
    const { job } = state;
    const launched: Node[] = [];
    for (const node of state.nodes) {
      const scheduled = await tasks({ iteration: job.iteration, states: ['scheduled'], node: node.name });
      if (scheduled.length === 0) continue;
      const batch = batchOf(state, node, scheduled);
      await site.launch(job, node, batch);
      launched.push({ ...node, batch: batch.name, offset: 0 });
    }
    return { nodes: launched };
  },
  output: (_state, { nodes }) => ({ nodes, progress: { launched: true }, again: 0 }),
};

/** The batch that runs an iteration's tasks; a retry of the job makes another. */
export function executeBatch({ job }: Pick<JobState, 'job'>): string {
  return `execute-${job.iteration}-${job.round}`;
}

/** The batch of these tasks on a node; launched again, its runner goes on with what it had not begun. */
export function batchOf({ job, platform }: Pick<JobState, 'job' | 'platform'>, node: Node, tasks: readonly Task[]): Batch {
  return {
    name: executeBatch({ job }),
    script: 'main.sh',
    iteration: job.iteration,
    tasks: tasks.map(({ number }) => number),
    slots: node.slots,
    resources: resourcesOf(job.parameters, platform.settings.resources),
    tasksPerElement: Number(job.parameters['tasks_per_element'] ?? 0),
  };
}
