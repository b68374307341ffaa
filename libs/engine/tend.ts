import {
  type Creation,
  iterates,
  type Job,
  type JobState,
  KnownError,
  type Node,
  reliabilityOf,
  type Tended,
  type World,
} from '@kiln/domain';
import { bootstrapNode } from './bootstrap-node.ts';
import { OutOfReach, ofMachine, onEachNode } from './each-node.ts';
import { goesWhole, nodeOf, openNodes, pastNames, toReplace } from './machines.ts';
import { RESYNC } from './resync.ts';

const NOTHING: Tended = { nodes: [], progress: {} };

/** Milliseconds until a cloud that refused is asked again: a login that is refused too often is locked. */
const AFTER_TROUBLE = 60_000;

/**
 * Looks after the machines that were made for a job while it works: gives back lost ones and those that have nothing to do any more, asks
 * for others in place of lost ones, takes in those that come late, and bootstraps them. Trouble with that ends no task that can run.
 */
export async function tend(state: JobState, world: World): Promise<Tended> {
  const { platform, job } = state;
  if (platform.kind !== 'cloud') return NOTHING;
  const { tendAfter } = job.progress;
  const due = tendAfter === null || world.now() >= Date.parse(tendAfter);
  const tended = due ? await tendCloud(state, world) : NOTHING;
  const fresh = state.nodes.filter((node) => node.state === 'running' && tended.nodes.every(({ name }) => name !== node.name));
  return { ...tended, nodes: [...tended.nodes, ...(await bootstrapAll(state, world, fresh))] };
}

/** What is given back is known as such, whatever comes of the rest. */
async function tendCloud(state: JobState, world: World): Promise<Tended> {
  const idle = surplus(state);
  const useless = state.nodes.filter(({ state, goneAt }) => state === 'lost' && goneAt === null);
  const { coming } = state.job.progress;
  const left = openNodes(state).length - idle.length;
  const replace = Math.min(toReplace(state), Math.max(0, needed(state) - left - coming));
  if (idle.length + useless.length + coming + replace === 0) return NOTHING;
  const gone = await tried(state, world, () => giveBack(state, world, [...useless, ...idle]));
  if (gone instanceof KnownError) return afterTrouble(state, world, [], gone);
  if (coming + replace === 0) return { nodes: gone, progress: { tendAfter: after(world, RESYNC) } };
  const past = [...pastNames(state), ...idle.map(({ name }) => name)];
  const creation = await tried(state, world, () => world.site.create(state.job, left + coming + replace, world.confirm, past));
  return creation instanceof KnownError
    ? afterTrouble(state, world, gone, creation, replace)
    : afterCreation(state, world, gone, creation, { wanted: left + coming + replace, replace });
}

/** Trouble of the cloud is told, but for a job none of whose machines is left: that one waits for it. */
async function tried<T>(state: JobState, world: World, work: () => Promise<T>): Promise<T | KnownError> {
  try {
    return await work();
  } catch (error) {
    world.signal.throwIfAborted();
    if (!(error instanceof KnownError) || openNodes(state).length === 0) throw error;
    await world.confirm(); // a worker that has lost the job says nothing more about it
    return error;
  }
}

async function giveBack({ job, platform }: JobState, world: World, useless: readonly Node[]): Promise<readonly Node[]> {
  if (useless.length === 0) return [];
  await world.confirm(); // another worker may have given them tasks meanwhile
  const ended = await Promise.all(useless.map((node) => goesWhole(platform) || isStopped(job, world, node)));
  const nodes = useless.filter((_, i) => ended[i]);
  await world.site.giveBack(
    job,
    nodes.map(({ name }) => name),
  );
  const goneAt = new Date(world.now()).toISOString();
  return nodes.map((node) => ({ ...node, state: node.state === 'lost' ? 'lost' : 'destroyed', goneAt }));
}

/** What outlives its machine is ended before that is given back; if that cannot be, it is kept until the job ends. */
async function isStopped(job: Job, world: World, node: Node): Promise<boolean> {
  try {
    await world.site.stop(job, node);
    return true;
  } catch (error) {
    world.signal.throwIfAborted();
    if (error instanceof KnownError) return false;
    throw error;
  }
}

/** Told once. What is refused for good is not asked for again. */
function afterTrouble({ job }: JobState, world: World, gone: readonly Node[], trouble: KnownError, replace = 0): Tended {
  const told = `The cloud could not be asked for what the job's machines want. ${trouble.message}`;
  const { tendTrouble, replaced } = job.progress;
  return {
    nodes: gone,
    progress: {
      ...{ tendAfter: after(world, AFTER_TROUBLE), tendTrouble: told },
      ...(!trouble.retryable && { replaced: replaced + replace }),
    },
    ...(told !== tendTrouble && { note: told }),
  };
}

interface Asked {
  /** How many machines the job was to have. */
  readonly wanted: number;
  /** How many of them in place of lost ones. */
  readonly replace: number;
}

/** A machine that fell short without a reason, as one that failed still has its place, is asked for again. */
function afterCreation(state: JobState, world: World, gone: readonly Node[], creation: Creation, { wanted, replace }: Asked): Tended {
  const { machines, reasons, delayed } = creation;
  const coming = creation.coming + delayed;
  const short = reasons.length > 0 ? 0 : Math.max(0, wanted - machines.length - coming);
  const known = new Set(state.nodes.map(({ name }) => name));
  const fresh = machines.filter(({ name }) => !known.has(name)).map((machine) => nodeOf(machine, state, world));
  return {
    nodes: [...gone, ...fresh],
    progress: {
      ...{ tendAfter: after(world, delayed > 0 ? AFTER_TROUBLE : RESYNC), tendTrouble: null, coming },
      replaced: state.job.progress.replaced + Math.max(0, replace - short),
    },
    ...(reasons.length > 0 && { note: `The job goes on without some machines. ${reasons.join(' ')}` }),
  };
}

function after(world: World, milliseconds: number): string {
  return new Date(world.now() + milliseconds).toISOString();
}

/** Whether the machines may be wanted for a next iteration. */
function mayIterate({ connector, job }: JobState): boolean {
  const last = job.stopAfterIteration || (job.maximumIterations !== null && job.iteration + 1 >= job.maximumIterations);
  return iterates(connector) && !last;
}

/** How many machines the job has work for, now or in its next iteration; those that are busy take what waits as far as they have slots. */
function needed(state: JobState): number {
  const { counts, nodes } = state;
  if (mayIterate(state)) return Number.POSITIVE_INFINITY;
  const free = nodes.reduce((sum, { name, slots }) => sum + (counts.busy[name] ? Math.max(0, slots - counts.busy[name]) : 0), 0);
  return Object.keys(counts.busy).length + Math.ceil(Math.max(0, counts.waiting - free) / Math.max(1, nodes[0]?.slots ?? 1));
}

/** Machines that have nothing to do, more than there are tasks that may still come to them, those first that are not bootstrapped. */
function surplus(state: JobState): readonly Node[] {
  const { job, counts, nodes } = state;
  const undecided = counts.assigned + counts.uncollected > 0; // a task that failed may be tried again
  if (mayIterate(state) || undecided || counts.scheduled + counts.running + counts.waiting === 0) return [];
  const idle = nodes.filter(({ name, state, batches, unreachableSince }) => {
    return state === 'ready' && batches.length === 0 && unreachableSince === null && !counts.busy[name];
  });
  const elsewhere = reliabilityOf(job.parameters).elsewhere ? 1 : 0;
  const spare = counts.waiting > 0 && elsewhere ? idle.length : Math.max(elsewhere, Math.ceil(counts.waiting / (idle[0]?.slots ?? 1)));
  const fresh = nodes.filter((node) => node.state === 'running');
  return [...fresh.slice(Math.max(0, spare - idle.length)), ...idle.slice(spare)];
}

/** Machines that came while the job works. One that cannot be made ready holds up no other that is. */
async function bootstrapAll(state: JobState, world: World, fresh: readonly Node[]): Promise<readonly Node[]> {
  if (fresh.length === 0) return [];
  const othersReady = state.nodes.some((node) => node.state === 'ready');
  const bootstrapped = async (node: Node): Promise<Node> => {
    try {
      return (await bootstrapNode(state, world, node)).node;
    } catch (error) {
      world.signal.throwIfAborted();
      if (!(error instanceof KnownError) || !othersReady || ofMachine(error)) throw error;
      return error.retryable ? { ...node, note: error.message } : { ...node, state: 'lost', batches: [], note: error.message };
    }
  };
  try {
    const { done, changed } = await onEachNode(state, world, fresh, bootstrapped);
    return [...done.map(({ result }) => result), ...changed];
  } catch (error) {
    if (error instanceof OutOfReach && othersReady) return error.nodes;
    throw error;
  }
}
