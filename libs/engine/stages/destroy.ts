import {
  type JobState,
  KnownError,
  type Node,
  type OpenBatch,
  type StageHandler,
  type TaskChange,
  validateStage,
  type World,
} from '@kiln/domain';
import { batchesOf, membersOf } from '../batches.ts';
import { bringHome } from '../bring-home.ts';
import { curateSome, isCurated } from '../curate.ts';
import { type EachNode, onEachNode, unreachableFor } from '../each-node.ts';
import { goesWhole, nodeOf } from '../machines.ts';
import { readJournal } from '../read-journal.ts';
import { withNumbers } from '../read-numbers.ts';
import { RESYNC } from '../resync.ts';

/** How often trouble on machines that go anyway may keep a job from giving them back. */
const GUEST_ATTEMPTS = 5;

/** How often bringing home what tasks left is tried before the job ends without it. */
const RESCUE_ATTEMPTS = 5;

/**
 * Ends what still runs, removes the job's directories, gives its machines back and keeps the last iteration as `output`. Then the results
 * are published, if they are to be: nothing is rented while that waits for something.
 */
export const destroy: StageHandler<'destroy'> = {
  validate: (submission) => validateStage('destroy', submission),
  isTriggered: ({ job }) => job.progress.converged || job.ending !== null,
  async process(state, world) {
    const { job } = state;
    // What was released needs its platform no more, whatever becomes of the publishing.
    if (job.progress.released) return { left: false, nodes: [], tasks: [], ...(job.ending ? {} : await curateSome(state, world)) };
    const all = await present(state, world);
    const leaving = await leave(state, world, all).catch((error: unknown) => leftBehind(error, state, world));
    if (leaving.left) return leaving;
    await world.site.destroy(job);
    if (!job.ending) await world.confirm();
    if (!job.ending) await world.storage.copy(`output_${job.iteration}`, 'output');
    const { notes } = leaving;
    const published = job.ending || !world.curator;
    return {
      ...{ left: false, nodes: [], tasks: [], goneAt: new Date(world.now()).toISOString() },
      ...(notes.length > 0 ? { note: notes.join(' ') } : {}),
      ...(published ? {} : { released: true as const }),
    };
  },
  output({ job, nodes }, { left, nodes: seen, tasks, note, waiting, released, curation, goneAt = null }) {
    if (left) return { nodes: seen, tasks, again: waiting ? RESYNC : 0 };
    const gone = nodes.map((node) => ({ ...node, state: 'destroyed' as const, goneAt: node.goneAt ?? goneAt }));
    const said = { nodes: gone, ...(note ? { note } : {}), ...(curation ? { curation } : {}), again: 0 };
    if (released) return { ...said, progress: { released: true } };
    if (curation && !isCurated(job, curation)) return said;
    return { ...said, ended: job.ending?.status ?? 'succeeded', cancelTasks: true };
  },
};

type Leaving =
  | { readonly left: true; readonly nodes: readonly Node[]; readonly tasks: readonly TaskChange[]; readonly waiting?: true }
  | { readonly left: false; readonly notes: readonly string[] };

/** Ends and removes what the job has on its machines, and brings home what there is; `left` if more is to be done. */
async function leave(state: JobState, world: World, all: readonly Node[]): Promise<Leaving> {
  const { job } = state;
  const given: Node[] = [];
  for (const node of all.filter((one) => isGivenUp(one, state, world))) if (!(await endedAfterAll(state, world, node))) given.push(node);
  const nodes = all.filter((node) => !isGivenUp(node, state, world));
  const stopped = await onEachNode(state, world, nodes, (node) => world.site.stop(job, node));
  if (stopped.changed.length > 0) return { left: true, nodes: [...stopped.changed, ...back(stopped, nodes)], tasks: [], waiting: true };
  const ended = await lastLook(state, world, nodes);
  if (ended.tasks.length > 0) return { ...ended, left: true };
  const { tasks, note } = await rescue(state, world, nodes);
  if (tasks.length > 0) return { left: true, nodes: [], tasks };
  await Promise.all(nodes.map((node) => world.site.clean(job, node)));
  const notes = given.map(({ name, note: why }) => `What the job left on ${name} could not be removed. ${why}`);
  return { left: false, notes: note ? [note, ...notes] : notes };
}

/** A machine that costs money is not kept because nobody can tidy it up: it goes with all that is on it. */
function leftBehind(error: unknown, { job, platform }: JobState, world: World): Leaving {
  world.signal.throwIfAborted();
  const enough = goesWhole(platform) && (job.blocked?.attempts ?? 0) >= GUEST_ATTEMPTS;
  if (!enough || !(error instanceof KnownError)) throw error;
  return {
    left: false,
    notes: [`The machines were given back with what was on them, as the job could not be ended there: ${error.message}`],
  };
}

/** Nothing can be ended or removed on a machine that could not be reached for so long that it is lost; one that was made for the job just goes. */
function isGivenUp({ state, unreachableSince }: Node, { platform }: JobState, world: World): boolean {
  return state === 'lost' && (goesWhole(platform) || unreachableFor(unreachableSince, world) > platform.settings.limits.lostAfter);
}

/** A last try: it may be back. */
async function endedAfterAll({ job }: JobState, { site }: World, node: Node): Promise<boolean> {
  try {
    await site.stop(job, node);
    await site.clean(job, node);
    return true;
  } catch (error) {
    if (error instanceof KnownError) return false;
    throw error;
  }
}

/** Nodes that can be reached again. */
function back({ done }: EachNode<void>, before: readonly Node[]): readonly Node[] {
  return done.map(({ node }) => node).filter(({ name }) => before.some((node) => node.name === name && node.unreachableSince !== null));
}

/** The job's nodes as the platform lists them now, known to the job or not. */
async function present(state: JobState, world: World): Promise<readonly Node[]> {
  const { job, nodes } = state;
  const machines = await world.site.list(job);
  return machines.map((machine) => nodes.find(({ name }) => name === machine.name) ?? nodeOf(machine, state, world));
}

/** What tasks came to that nobody has looked at since: whoever ended before the stop has ended, and is not cancelled. */
async function lastLook(
  state: JobState,
  world: World,
  nodes: readonly Node[],
): Promise<{ nodes: readonly Node[]; tasks: readonly TaskChange[] }> {
  const { job, counts } = state;
  if (counts.scheduled + counts.running === 0) return { nodes: [], tasks: [] };
  const looks = await Promise.all(nodes.map((node) => lookOnce(state, world, node)));
  const tasks = looks.flatMap(({ tasks }) => tasks);
  return { nodes: looks.map(({ node }) => node), tasks: job.ending?.status === 'cancelled' ? tasks.filter(notByCancel) : tasks };
}

/** At the batches that are known, and at those that were launched just before the job was set on its way to its end. */
async function lookOnce(state: JobState, world: World, node: Node): Promise<{ node: Node; tasks: readonly TaskChange[] }> {
  const { job } = state;
  const query = { iteration: job.iteration, states: ['scheduled'], wave: job.progress.wave, node: node.name } as const;
  const names = batchesOf(state, await world.tasks(query), 1).map(({ name }) => name);
  const unknown = names.filter((name) => !node.batches.some((batch) => batch.name === name)).map((name) => ({ name, offset: 0 }));
  const batches: OpenBatch[] = [];
  const tasks: TaskChange[] = [];
  for (const batch of [...node.batches.filter(({ name }) => membersOf(name)), ...unknown]) {
    const read = await readJournal(job, world, node, batch).catch(ifGone);
    batches.push(...(read ? [read.batch] : []));
    tasks.push(...(read?.tasks ?? []));
  }
  return { node: { ...node, batches }, tasks };
}

/** A directory that somebody removed has nothing more to tell. */
function ifGone(error: unknown): null {
  if (error instanceof KnownError && error.code === 'NODE_LOST') return null;
  throw error;
}

/** What a cancel does to a task is no failure of the task. */
function notByCancel({ failure }: TaskChange): boolean {
  return failure?.code === undefined || failure.code === 'EXIT' || failure.code === 'TIME_LIMIT' || failure.code === 'OUT_OF_MEMORY';
}

/** Brings home what tasks that were cut short left behind; if that cannot be, the job ends without it and says so. */
async function rescue(state: JobState, world: World, nodes: readonly Node[]): Promise<{ tasks: readonly TaskChange[]; note?: string }> {
  if (!state.job.ending) return { tasks: [] };
  const all = await Promise.all(nodes.map((node) => rescueIfPossible(state, world, node)));
  const notes = all.flatMap(({ note }) => (note ? [note] : []));
  return { tasks: all.flatMap(({ tasks }) => tasks), ...(notes.length > 0 ? { note: notes.join(' ') } : {}) };
}

async function rescueIfPossible(state: JobState, world: World, node: Node): Promise<{ tasks: readonly TaskChange[]; note?: string }> {
  const last = (state.job.blocked?.attempts ?? 0) >= RESCUE_ATTEMPTS;
  try {
    return { tasks: await rescueFrom(state, world, node, last) };
  } catch (error) {
    if (!(error instanceof KnownError) || (error.retryable && !last)) throw error;
    return { tasks: [], note: `Results of tasks that were cut short on ${node.name} are lost: ${error.message}` };
  }
}

/** Tasks of one node that one step rescues. */
const AT_ONCE = 500;

/** The last try is made even if there seems to be no room: where files are compressed, they need less than their sizes. */
async function rescueFrom(state: JobState, world: World, node: Node, last: boolean): Promise<readonly TaskChange[]> {
  const states = ['running', 'succeeded', 'failed'] as const;
  const tasks = await world.tasks({ iteration: state.job.iteration, states, node: node.name, uncollected: true, limit: AT_ONCE });
  await bringHome(state, world, node, tasks, false, last);
  return withNumbers(
    state,
    world,
    tasks,
    tasks.map(({ number }) => ({ number, collected: true })),
  );
}
