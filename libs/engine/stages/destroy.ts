import { type JobState, KnownError, type Node, type StageHandler, type TaskChange, validateStage, type World } from '@kiln/domain';
import { bringHome } from '../bring-home.ts';
import { readJournal } from '../read-journal.ts';
import { executeBatch } from './execute.ts';

/** How often bringing home what tasks left is tried before the job ends without it. */
const RESCUE_ATTEMPTS = 5;

/** Ends what still runs, removes the job's directories, gives its machines back and publishes the last iteration as `output`. */
export const destroy: StageHandler<'destroy'> = {
  validate: (submission) => validateStage('destroy', submission),
  isTriggered: ({ job }) => job.progress.converged || job.ending !== null,
  async process(state, world) {
    const { job } = state;
    const nodes = await present(state, world);
    await Promise.all(nodes.map((node) => world.site.stop(job, node)));
    const ended = await lastLook(state, world, nodes);
    if (ended.tasks.length > 0) return { ...ended, left: true };
    const { tasks, note } = await rescue(state, world, nodes);
    if (tasks.length > 0) return { left: true, nodes: [], tasks };
    await Promise.all(nodes.map((node) => world.site.clean(job, node)));
    await world.site.destroy(job);
    if (!job.ending) await world.storage.copy(`output_${job.iteration}`, 'output');
    return { left: false, nodes: [], tasks: [], ...(note ? { note } : {}) };
  },
  output({ job, nodes }, { left, nodes: seen, tasks, note }) {
    if (left) return { nodes: seen, tasks, again: 0 };
    return {
      ended: job.ending?.status ?? 'succeeded',
      cancelTasks: true,
      nodes: nodes.map((node) => ({ ...node, state: 'destroyed' })),
      ...(note ? { note } : {}),
      again: 0,
    };
  },
};

/** The job's nodes as the platform lists them now, known to the job or not. */
async function present({ job, nodes }: JobState, world: World): Promise<readonly Node[]> {
  const machines = await world.site.list(job);
  return machines.map(
    (machine) =>
      nodes.find(({ name }) => name === machine.name) ?? {
        ...machine,
        state: 'running',
        prepared: false,
        batch: null,
        offset: 0,
        note: null,
      },
  );
}

/** What tasks came to that nobody has looked at since: whoever ended before the stop has ended, and is not cancelled. */
async function lastLook(
  state: JobState,
  world: World,
  nodes: readonly Node[],
): Promise<{ nodes: readonly Node[]; tasks: readonly TaskChange[] }> {
  const { counts } = state;
  if (counts.scheduled + counts.running === 0) return { nodes: [], tasks: [] };
  const batch = executeBatch(state);
  const from = (node: Node) => ({ ...node, batch, offset: node.batch === batch ? node.offset : 0 });
  const looks = await Promise.all(nodes.map((node) => readJournal(state.job, world, from(node), batch)));
  const tasks = looks.flatMap(({ tasks }) => tasks);
  return { nodes: looks.map(({ node }) => node), tasks: state.job.ending?.status === 'cancelled' ? tasks.filter(notByCancel) : tasks };
}

/** What a cancel does to a task is no failure of the task. */
function notByCancel({ failure }: TaskChange): boolean {
  return failure?.code === undefined || failure.code === 'EXIT' || failure.code === 'TIME_LIMIT' || failure.code === 'OUT_OF_MEMORY';
}

/** Brings home what tasks that were cut short left behind; if that cannot be, the job ends without it and says so. */
async function rescue(state: JobState, world: World, nodes: readonly Node[]): Promise<{ tasks: readonly TaskChange[]; note?: string }> {
  if (!state.job.ending) return { tasks: [] };
  try {
    return { tasks: await bringHome(state, world, nodes, ['running', 'succeeded', 'failed']) };
  } catch (error) {
    const mayPass = error instanceof KnownError && error.retryable && (state.job.blocked?.attempts ?? 0) < RESCUE_ATTEMPTS;
    if (!(error instanceof KnownError) || mayPass) throw error;
    return { tasks: [], note: `Results of tasks that were cut short are lost: ${error.message}` };
  }
}
