import {
  type Batch,
  blocks,
  countPoints,
  type JobState,
  type Node,
  type PlannedTask,
  pointAt,
  type StageHandler,
  type StageResults,
  sweepOf,
  type Task,
  type TaskChange,
  validateStage,
  type World,
} from '@kiln/domain';
import { RESYNC } from '../resync.ts';
import { runScript } from '../run-script.ts';

/** Tasks that one step plans, and that one step sets up on a node: bounds memory and the length of a transaction. */
const PLANNED_AT_ONCE = 10_000;
const STAGED_AT_ONCE = 2_000;

/** Makes the iteration's tasks, deals them to the nodes, sets up their directories there and runs `schedule.sh` for each. */
export const schedule: StageHandler<'schedule'> = {
  validate: (submission) => validateStage('schedule', submission),
  isTriggered: ({ job: { progress } }) => progress.bootstrapped && !progress.scheduled && !progress.converged,
  async process(state, world) {
    const { planned, total } = state.job.progress;
    if (total === 0 || planned < total) return plan(state);
    if (state.counts.unassigned > 0) return assign(state, world);
    if (state.counts.waiting === 0) return { done: true };
    const ready = readyNodes(state);
    const results = await Promise.all(ready.map((node) => setUp(state, world, node)));
    return {
      nodes: results.flatMap(({ nodes }) => nodes ?? []),
      tasks: results.flatMap(({ tasks }) => tasks ?? []),
      failures: results.flatMap(({ failures }) => failures ?? []),
      waiting: state.connector.payload.schedule,
    };
  },
  output({ job: { progress } }, { total, plan: planned = [], nodes = [], tasks = [], failures = [], done, waiting }) {
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

/** The next tasks of the cross product; each node gets a contiguous block of the whole. */
function plan(state: JobState): StageResults['schedule'] {
  const { job, connector } = state;
  const sweep = sweepOf(connector, job.parameters, job.iteration);
  const total = countPoints(sweep);
  const nodeAt = dealer(readyNodes(state), total);
  const first = job.progress.planned;
  const tasks: PlannedTask[] = [];
  for (let i = first; i < Math.min(total, first + PLANNED_AT_ONCE); i += 1) {
    tasks.push({ number: job.progress.before + i + 1, iteration: job.iteration, node: nodeAt(i), values: pointAt(sweep, i) });
  }
  return { total, plan: tasks };
}

/** Tasks that lost their node, or are tried again, are dealt anew. */
async function assign(state: JobState, world: World): Promise<StageResults['schedule']> {
  const waiting = await world.tasks({ iteration: state.job.iteration, states: ['waiting'], node: '' });
  const nodeAt = dealer(readyNodes(state), waiting.length);
  return { tasks: waiting.map(({ number }, i) => ({ number, node: nodeAt(i) })) };
}

function dealer(nodes: readonly Node[], total: number): (index: number) => string {
  const sizes = blocks(total, nodes.length);
  const owners: { from: number; name: string }[] = [];
  nodes.reduce((from, { name }, i) => {
    owners.push({ from, name });
    return from + (sizes[i] ?? 0);
  }, 0);
  return (index) => owners.findLast(({ from }) => from <= index)?.name ?? '';
}

/** Sets up some of a node's waiting tasks; with a `schedule.sh` all of them, and then it runs for each. */
async function setUp(state: JobState, world: World, node: Node): Promise<StageResults['schedule']> {
  const { job, connector } = state;
  const query = { iteration: job.iteration, states: ['waiting'], node: node.name } as const;
  if (!connector.payload.schedule) {
    const tasks = await world.tasks({ ...query, limit: STAGED_AT_ONCE });
    await stageIn(state, world, node, tasks);
    return { tasks: tasks.map(scheduled) };
  }
  const tasks = await world.tasks(query);
  if (tasks.length === 0) return {};
  const batch: Batch = {
    name: `schedule-${job.iteration}-${job.round}`,
    script: 'schedule.sh',
    iteration: job.iteration,
    tasks: tasks.map(({ number }) => number),
    slots: node.slots,
  };
  if (node.batch !== batch.name) await stageIn(state, world, node, tasks);
  const { node: seen, ended, failures } = await runScript(job, world, node, batch);
  const done = new Set(ended);
  return {
    nodes: [seen],
    tasks: tasks.filter(({ number }) => done.has(number)).map(scheduled),
    failures: failures.map(({ message }) => message),
  };
}

async function stageIn({ job }: JobState, world: World, node: Node, tasks: readonly Task[]): Promise<void> {
  const { parameters } = await world.payload();
  for (let i = 0; i < tasks.length; i += STAGED_AT_ONCE) {
    world.signal.throwIfAborted();
    await world.site.stageIn(job, node, tasks.slice(i, i + STAGED_AT_ONCE), parameters);
  }
}

const scheduled = ({ number }: Task): TaskChange => ({ number, state: 'scheduled' });

function readyNodes({ nodes }: JobState): readonly Node[] {
  return nodes.filter((node) => node.state === 'ready');
}
