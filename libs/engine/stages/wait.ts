import { type Ending, type JobState, type Node, type StageHandler, type TaskChange, validateStage, type World } from '@kiln/domain';
import { bringHome } from '../bring-home.ts';
import { lost, readJournal } from '../read-journal.ts';
import { RESYNC, SOON } from '../resync.ts';
import { batchOf, executeBatch } from './execute.ts';

/** Results are brought home while tasks still end once this many have gathered. */
const GATHERED = 500;

/** Follows the tasks to their ends and brings home what they leave. */
export const wait: StageHandler<'wait'> = {
  validate: (submission) => validateStage('wait', submission),
  isTriggered: ({ job: { progress } }) => progress.launched && !progress.finished,
  async process(state, world) {
    const running = state.nodes.filter((node) => node.batch === executeBatch(state) && node.state === 'ready');
    const looks = isOpen(state.counts) ? await Promise.all(running.map((node) => lookAt(state, world, node))) : [];
    const nodes = looks.map(({ node }) => node);
    const ended = looks.flatMap(({ tasks }) => tasks);
    const quiet = ended.length === 0 || state.counts.uncollected >= GATHERED;
    const home = quiet && state.counts.uncollected > 0 ? await bringHome(state, world, running, ['succeeded', 'failed']) : [];
    return { nodes, tasks: [...ended, ...home] };
  },
  output(state, { nodes, tasks }) {
    const { counts } = state;
    if (tasks.length > 0) return { nodes, tasks, again: counts.scheduled + counts.running > endsIn(tasks) ? SOON : 0 };
    if (isOpen(counts)) return { nodes, again: RESYNC };
    return counts.failed > 0 ? { nodes, ending: failed(state), again: 0 } : { nodes, progress: { finished: true }, again: 0 };
  },
};

const isOpen = (counts: JobState['counts']): boolean => counts.scheduled + counts.running > 0;

function endsIn(changes: readonly TaskChange[]): number {
  return changes.filter(({ state }) => state === 'succeeded' || state === 'failed').length;
}

function failed({ counts, job }: JobState): Ending {
  const message = `${counts.failed} of ${job.progress.total} tasks failed; the task list says how, and the results of the others are kept.`;
  return { status: 'failed', code: 'TASKS_FAILED', message };
}

async function lookAt(state: JobState, world: World, node: Node): Promise<{ node: Node; tasks: readonly TaskChange[] }> {
  const { job } = state;
  const { node: seen, tasks, runner } = await readJournal(job, world, node, executeBatch(state));
  if (tasks.length > 0 || runner === 'running') return { node: seen, tasks };
  const open = await world.tasks({ iteration: job.iteration, states: ['scheduled', 'running'], node: node.name });
  if (runner === 'ended') return { node: seen, tasks: open.map((task) => lost(task.number, node)) };
  await world.site.launch(job, node, batchOf(state, node, open));
  return { node: seen, tasks: [] };
}
