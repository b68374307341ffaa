import {
  type Batch,
  countPoints,
  type JobState,
  type Node,
  type PlannedTask,
  pointAt,
  type StageHandler,
  type StageResults,
  type Task,
  type TaskChange,
  validateStage,
  type World,
} from '@kiln/domain';
import { wavePrefix } from '../batches.ts';
import { blaming, storageTrouble } from '../blame.ts';
import { chooseSweep } from '../choose-sweep.ts';
import { deal, dealer } from '../deal.ts';
import { onEachNode } from '../each-node.ts';
import { inputsNow, inputsOf } from '../inputs.ts';
import { needNodes } from '../machines.ts';
import { RESYNC } from '../resync.ts';
import { runScript, scriptLost } from '../run-script.ts';
import { tend } from '../tend.ts';

/** Tasks that one step plans, and that one step sets up on a node: bounds memory and the length of a transaction. */
const PLANNED_AT_ONCE = 10_000;
const STAGED_AT_ONCE = 2_000;

/**
 * Makes the iteration's tasks, deals them to the nodes, sets up their directories there and runs `schedule.sh` for each. Tasks that
 * are tried again, or that lost their node, come here as another wave.
 */
export const schedule: StageHandler<'schedule'> = {
  validate: (submission) => validateStage('schedule', submission),
  isTriggered: ({ job: { progress } }) => progress.bootstrapped && !progress.scheduled && !progress.converged,
  async process(state, world) {
    needNodes(state);
    if (state.nodes.every((node) => node.state !== 'ready')) return { tended: await tend(state, world), waiting: true };
    const { planned, total } = state.job.progress;
    if (total === 0 || planned < total) return plan(state, world);
    if (state.counts.unassigned > 0) return assign(state, world);
    if (state.counts.assigned === 0) return { done: true };
    const ready = state.nodes.filter((node) => node.state === 'ready');
    const { done, changed, tasks } = await onEachNode(state, world, ready, (node) => setUp(state, world, node));
    const results = done.map(({ result }) => result);
    const away = state.connector.payload.schedule ? [] : changed.filter((node) => node.state !== 'lost');
    return {
      nodes: [...results.flatMap(({ nodes }) => nodes ?? []), ...changed],
      tasks: [...results.flatMap(({ tasks }) => tasks ?? []), ...tasks, ...(await handBack(state, world, away))],
      failures: results.flatMap(({ failures }) => failures ?? []),
      waiting: state.connector.payload.schedule,
    };
  },
  output({ job: { progress } }, { total, plan: planned = [], nodes = [], tasks = [], failures = [], done, waiting, tended }) {
    if (tended) return { ...tended, again: RESYNC };
    if (done) return { progress: { scheduled: true }, again: 0 };
    const message = failures[0];
    const changes = {
      nodes,
      plan: planned,
      tasks,
      progress: { ...(total === undefined ? {} : { total }), planned: progress.planned + planned.length },
    };
    if (message) return { ...changes, ending: { status: 'failed', code: 'SCHEDULE_FAILED', message }, again: 0 };
    return { ...changes, again: waiting && tasks.length === 0 ? RESYNC : 0 };
  },
};

/** The next tasks of the iteration: every point with every input set. Each node gets a contiguous block of the whole. */
async function plan(state: JobState, world: World): Promise<StageResults['schedule']> {
  const { job } = state;
  const { previous, inputs } = await inputsNow(state, world);
  const sweep = job.sweep ?? (await chooseSweep(state, world, job.iteration, previous)).sweep;
  const points = countPoints(sweep);
  const total = points * Math.max(1, inputs.names.length);
  const nodeAt = dealer(state.nodes, total);
  const first = job.progress.planned;
  const end = Math.min(total, first + PLANNED_AT_ONCE);
  const sets = await inputs.sets(Math.floor(first / points), Math.ceil(end / points));
  const tasks: PlannedTask[] = [];
  for (let i = first; i < end; i += 1) {
    const set = sets.get(Math.floor(i / points));
    const values = { ...set?.values, ...pointAt(sweep, i % points) };
    tasks.push({ number: job.progress.before + i + 1, iteration: job.iteration, node: nodeAt(i), values, input: set?.name ?? null });
  }
  return { total, plan: tasks };
}

/** Tasks that lost their node, or are tried again, are dealt anew. */
async function assign(state: JobState, world: World): Promise<StageResults['schedule']> {
  const { job } = state;
  const waiting = await world.tasks({ iteration: job.iteration, states: ['waiting'], node: '', due: true, limit: PLANNED_AT_ONCE });
  const nodeOf = deal(waiting, state);
  return { tasks: waiting.map((task) => ({ number: task.number, node: nodeOf(task), wave: job.progress.wave })) };
}

/** Tasks that were dealt to nodes that cannot be reached now, and are not begun there, are for others. */
async function handBack({ job }: JobState, world: World, away: readonly Node[]): Promise<readonly TaskChange[]> {
  const all = await Promise.all(away.map(({ name }) => world.tasks({ iteration: job.iteration, states: ['waiting'], node: name })));
  return all.flat().map(({ number }) => ({ number, node: '' }));
}

/** Sets up some of a node's waiting tasks; with a `schedule.sh` all of them, and then it runs for each. */
async function setUp(state: JobState, world: World, node: Node): Promise<StageResults['schedule']> {
  const { job, connector } = state;
  const query = { iteration: job.iteration, states: ['waiting'], node: node.name } as const;
  const tasks = await world.tasks(connector.payload.schedule ? query : { ...query, limit: STAGED_AT_ONCE });
  if (tasks.length === 0) return {};
  if (!connector.payload.schedule) return { nodes: [await stageIn(state, world, node, tasks)], tasks: tasks.map(scheduled) };
  const open = node.batches.find(({ name }) => name.startsWith('schedule-'));
  const whole = `schedule-${job.iteration}-${job.round}-${job.progress.wave}.${tasks[0]?.number}-${tasks.length}`;
  const batch: Batch = {
    name: open?.name ?? whole,
    script: 'schedule.sh',
    iteration: job.iteration,
    tasks: tasks.map(({ number }) => number),
    slots: node.slots,
    timeLimit: null,
  };
  const staged = open ? node : await stageIn(state, world, node, tasks);
  const attemptOf = (number: number) => tasks.find((task) => task.number === number)?.attempt ?? 1;
  const { node: seen, ended, failures, over } = await runScript(job, world, staged, batch, attemptOf);
  const done = new Set(ended);
  // Tasks that were dealt to the node meanwhile are in no batch yet: then the next one is of other tasks.
  const lost = over && batch.name === whole ? [scriptLost(batch, node)] : [];
  return {
    nodes: [seen],
    tasks: tasks.filter(({ number }) => done.has(number)).map(scheduled),
    failures: [...failures.map(({ message }) => message), ...lost],
  };
}

async function stageIn(state: JobState, world: World, node: Node, tasks: readonly Task[]): Promise<Node> {
  const { job } = state;
  const { parameters } = await world.payload();
  const bring = node.inputs !== job.iteration && tasks.some(({ input }) => input !== null);
  if (bring) {
    const { inputs } = await inputsNow(state, world);
    await bringSets(state, world, node, inputsOf(inputs.of));
  }
  for (let i = 0; i < tasks.length; i += STAGED_AT_ONCE) {
    world.signal.throwIfAborted();
    await world.site.stageIn(job, node, tasks.slice(i, i + STAGED_AT_ONCE), parameters, wavePrefix(job));
  }
  return bring ? { ...node, inputs: job.iteration } : node;
}

async function bringSets({ job }: JobState, world: World, node: Node, from: string): Promise<void> {
  const size = await world.storage.size([from]).catch((error) => {
    throw storageTrouble(error);
  });
  const inlet = world.site.inlet?.(job, node, job.iteration, size);
  if (await world.direct({ direction: 'in', from: 'home', to: 'node', outlet: world.storage.outlet?.(from), inlet })) return;
  const sets = blaming(world.metered('in', world.storage.pack(from)));
  await sets.home(() => world.site.bring(job, node, job.iteration, sets.stream, size));
}

const scheduled = ({ number }: Task): TaskChange => ({ number, state: 'scheduled' });
