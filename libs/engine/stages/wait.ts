import {
  type Batch,
  type Ending,
  type JobState,
  type JournalEntry,
  type Node,
  type StageHandler,
  type Task,
  type TaskChange,
  validateStage,
  type World,
} from '@kiln/domain';
import { bringHome } from '../bring-home.ts';
import { RESYNC, SOON } from '../resync.ts';
import { executeBatch } from './execute.ts';

/** Results are brought home while tasks still end once this many have gathered. */
const GATHERED = 500;

/** Follows the tasks to their ends and brings home what they leave. */
export const wait: StageHandler<'wait'> = {
  validate: (submission) => validateStage('wait', submission),
  isTriggered({ job: { progress }, counts }) {
    return progress.launched && !progress.transformed && (isOpen(counts) || counts.uncollected > 0 || counts.failed > 0);
  },
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
    if (tasks.length === 0 && !isOpen(counts) && counts.uncollected === 0) return { nodes, ending: failed(state), again: 0 };
    const more = counts.uncollected > 0 || tasks.some(({ state: to }) => to === 'succeeded' || to === 'failed');
    if (tasks.length === 0) return { nodes, again: RESYNC };
    return { nodes, tasks, again: more && !isOpen(counts) ? 0 : SOON };
  },
};

const isOpen = (counts: JobState['counts']): boolean => counts.scheduled + counts.running > 0;

function failed({ counts, job }: JobState): Ending {
  const message = `${counts.failed} of ${job.progress.total} tasks failed; the task list says how, and the results of the others are kept.`;
  return { status: 'failed', code: 'TASKS_FAILED', message };
}

async function lookAt(state: JobState, world: World, node: Node): Promise<{ node: Node; tasks: readonly TaskChange[] }> {
  const { job } = state;
  const name = executeBatch(state);
  const { entries, offset, runner } = await world.site.look(job, node, name, node.offset);
  if (entries.length > 0) return { node: { ...node, offset }, tasks: toChanges(entries, node) };
  if (runner === 'running') return { node: { ...node, offset }, tasks: [] };
  const open = await world.tasks({ iteration: job.iteration, states: ['scheduled', 'running'], node: node.name });
  if (runner === 'ended') return { node: { ...node, offset }, tasks: open.map((task) => lost(task.number, node)) };
  await world.site.launch(job, node, relaunched(state, node, open));
  return { node: { ...node, offset }, tasks: [] };
}

/** The same batch again: its runner goes on with the tasks that it had not begun. */
function relaunched(state: JobState, node: Node, tasks: readonly Task[]): Batch {
  const numbers = tasks.map(({ number }) => number);
  return { name: executeBatch(state), script: 'main.sh', iteration: state.job.iteration, tasks: numbers, slots: node.slots };
}

/** What a stretch of a journal says, as one change a task. */
function toChanges(entries: readonly JournalEntry[], node: Node): readonly TaskChange[] {
  const changes = new Map<number, TaskChange>();
  for (const entry of entries) changes.set(entry.task, { ...changes.get(entry.task), ...toChange(entry, node) });
  return [...changes.values()];
}

function toChange(entry: JournalEntry, node: Node): TaskChange {
  const at = new Date(entry.at).toISOString();
  if (entry.kind === 'started') return { number: entry.task, state: 'running', startedAt: at };
  if (entry.kind === 'lost') return { ...lost(entry.task, node), endedAt: at };
  const end = { number: entry.task, exitCode: entry.code, endedAt: at };
  if (entry.code === 0) return { ...end, state: 'succeeded' };
  const signal = entry.code - 128;
  if (signal > 0 && signal < 65) {
    return { ...end, state: 'failed', failure: { code: 'SIGNAL', message: `main.sh was ended by signal ${signal} on ${node.name}.` } };
  }
  return { ...end, state: 'failed', failure: { code: 'EXIT', message: `main.sh exited with code ${entry.code} on ${node.name}.` } };
}

function lost(number: number, node: Node): TaskChange {
  return { number, state: 'failed', failure: { code: 'LOST', message: `${node.name} lost the task: nobody saw its end.` } };
}
