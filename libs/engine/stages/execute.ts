import { type JobState, type Node, type StageHandler, validateStage } from '@kiln/domain';

/** Starts the runner with its tasks on every node. */
export const execute: StageHandler<'execute'> = {
  validate: (submission) => validateStage('execute', submission),
  isTriggered: ({ job: { progress } }) => progress.scheduled && !progress.launched,
  async process(state, { site, tasks }) {
    const { job } = state;
    const name = executeBatch(state);
    const launched: Node[] = [];
    for (const node of state.nodes) {
      const scheduled = await tasks({ iteration: job.iteration, states: ['scheduled'], node: node.name });
      if (scheduled.length === 0) continue;
      const batch = {
        name,
        script: 'main.sh',
        iteration: job.iteration,
        tasks: scheduled.map(({ number }) => number),
        slots: node.slots,
      } as const;
      await site.launch(job, node, batch);
      launched.push({ ...node, batch: name, offset: 0 });
    }
    return { nodes: launched };
  },
  output: (_state, { nodes }) => ({ nodes, progress: { launched: true }, again: 0 }),
};

/** The batch that runs an iteration's tasks; a retry of the job makes another. */
export function executeBatch({ job }: Pick<JobState, 'job'>): string {
  return `execute-${job.iteration}-${job.round}`;
}
