import {
  type Changes,
  type Ending,
  isScheduler,
  type JobState,
  type Node,
  type OpenBatch,
  type StageHandler,
  type StageResults,
  type TaskChange,
  toleratedFailures,
  validateStage,
  type World,
} from '@kiln/domain';
import { batchAgain, membersOf } from '../batches.ts';
import { nodesWithRoom } from '../deal.ts';
import { onEachNode } from '../each-node.ts';
import { needNodes } from '../machines.ts';
import { lost, readJournal } from '../read-journal.ts';
import { RESYNC, SOON } from '../resync.ts';
import { settle } from '../settle.ts';
import { tend } from '../tend.ts';
import { launchIfRoom } from './execute.ts';

/** Results are brought home while tasks still end once this many have gathered. */
const GATHERED = 500;

/** Follows the tasks to their ends, brings home what they leave, and decides which of the failed ones are tried again. */
export const wait: StageHandler<'wait'> = {
  validate: (submission) => validateStage('wait', submission),
  isTriggered: ({ job: { progress } }) => progress.launched && !progress.finished,
  async process(state, world) {
    const { counts } = state;
    if (isOpen(counts) || counts.waiting > 0) needNodes(state);
    const looked = await lookAtAll(state, world);
    const tended = await tend(state, world);
    const wave = isTimeForWave(state, world);
    if (looked.nodes.some((node) => node.state === 'lost') || (looked.tasks.length > 0 && counts.uncollected < GATHERED))
      return { ...looked, tended };
    if (counts.uncollected === 0) return { ...looked, wave, tended };
    const seen = { ...state, nodes: merged(state.nodes, looked.nodes) };
    const settled = await settle(seen, world);
    return { nodes: merged(looked.nodes, settled.nodes), tasks: oneEach([...looked.tasks, ...settled.tasks]), wave, tended };
  },
  output(state, result) {
    const { tended } = result;
    const nodes = merged(tended.nodes, result.nodes);
    const { progress, ...changes } = outcome(state, { ...result, nodes });
    return { ...changes, ...(tended.note && { note: tended.note }), progress: { ...tended.progress, ...progress } };
  },
};

function outcome(state: JobState, { nodes, tasks, wave }: StageResults['wait']): Changes {
  const { counts, job } = state;
  if (tasks.length > 0) return { nodes, tasks, again: counts.scheduled + counts.running > endsIn(tasks) ? SOON : 0 };
  if (wave) return { nodes, progress: { scheduled: false, launched: false, wave: job.progress.wave + 1 }, again: 0 };
  if (isOpen(counts) || counts.waiting > 0) return { nodes, again: Math.min(RESYNC, Math.max(SOON, counts.restsFor ?? RESYNC)) };
  if (counts.uncollected > 0) return { nodes, again: RESYNC };
  return failedTooOften(state) ? { nodes, ending: failed(state), again: 0 } : { nodes, progress: { finished: true }, again: 0 };
}

const isOpen = (counts: JobState['counts']): boolean => counts.scheduled + counts.running > 0;

/** On a cluster each wave is an array job of its own: tasks that are tried again gather for so many seconds, or are so many. */
const GATHER_SECONDS = 30;
const GATHER_TASKS = 500;

/** Tasks that are tried again run beside the others once a slot has nothing else to do; a cluster has its own queue. */
function isTimeForWave(state: JobState, world: World): boolean {
  const { platform, counts, job } = state;
  if (counts.unassigned === 0) return false;
  if (!isOpen(counts)) return true;
  if (isScheduler(platform.kind)) {
    return counts.unassigned >= GATHER_TASKS || (world.now() - Date.parse(job.stageSince)) / 1000 > GATHER_SECONDS;
  }
  const most = platform.settings.limits.tasks;
  return nodesWithRoom(state).length > 0 && (most === null || counts.scheduled + counts.running < most);
}

function endsIn(changes: readonly TaskChange[]): number {
  return changes.filter(({ state }) => state === 'succeeded' || state === 'failed').length;
}

function failedTooOften({ counts, job }: JobState): boolean {
  return counts.failed > toleratedFailures(job.parameters, job.progress.total);
}

function failed({ counts, job }: JobState): Ending {
  const message = `${counts.failed} of ${job.progress.total} tasks failed; the task list says how, and the results of the others are kept.`;
  return { status: 'failed', code: 'TASKS_FAILED', message };
}

function merged(first: readonly Node[], second: readonly Node[]): readonly Node[] {
  return [...first.filter(({ name }) => !second.some((node) => node.name === name)), ...second];
}

/** What was found out last of a task holds. */
function oneEach(changes: readonly TaskChange[]): readonly TaskChange[] {
  const byTask = new Map<number, TaskChange>();
  for (const change of changes) byTask.set(change.number, { ...byTask.get(change.number), ...change });
  return [...byTask.values()];
}

async function lookAtAll(state: JobState, world: World): Promise<Omit<StageResults['wait'], 'tended'>> {
  // One that could not be reached is looked at even if nothing runs there, for it to get tasks again.
  const busy = state.nodes.filter((node) => node.state === 'ready' && (node.batches.length > 0 || node.unreachableSince !== null));
  if (busy.length === 0) return { nodes: [], tasks: [] };
  const { done, changed, tasks } = await onEachNode(state, world, busy, (node) => lookAt(state, world, node));
  return {
    nodes: [...done.map(({ node, result }) => ({ ...node, batches: result.batches, note: result.note })), ...changed],
    tasks: oneEach([...done.flatMap(({ result }) => result.tasks), ...tasks]),
  };
}

interface Looked {
  readonly batches: readonly OpenBatch[];
  readonly note: string | null;
  readonly tasks: readonly TaskChange[];
}

async function lookAt(state: JobState, world: World, node: Node): Promise<Looked> {
  if (node.batches.length === 0) await readJournal(state.job, world, node, { name: 'none', offset: 0 });
  const all: Looked[] = [];
  for (const batch of node.batches) all.push(await lookAtBatch(state, world, node, batch));
  return {
    batches: all.flatMap(({ batches }) => batches),
    note: all.find(({ note }) => note)?.note ?? null,
    tasks: all.flatMap(({ tasks }) => tasks),
  };
}

/** Once its journal is read to the end, a batch is done with, and who of it has not ended is lost. */
async function lookAtBatch(state: JobState, world: World, node: Node, batch: OpenBatch): Promise<Looked> {
  const { job } = state;
  const read = await readJournal(job, world, node, batch);
  const { note, tasks, runner } = read;
  if (tasks.length > 0 || runner === 'running') return { batches: [read.batch], note, tasks };
  const members = membersOf(batch.name);
  if (!members) return { batches: [], note: null, tasks: [] };
  const open = await world.tasks({ iteration: job.iteration, states: ['scheduled', 'running'], node: node.name, wave: members.wave });
  const left = open.filter(members.has);
  if (runner === 'ended' || left.length === 0) return { batches: [], note, tasks: left.map((task) => lost(task.number, node)) };
  const busy = await launchIfRoom(world, job, node, batchAgain(state, node, batch.name, left));
  return { batches: [read.batch], note: busy?.message ?? note, tasks: [] };
}
