import { iterates, type JobState, KnownError, type Node, reliabilityOf, type Tended, type World } from '@kiln/domain';
import { bootstrapNode } from './bootstrap-node.ts';
import { OutOfReach, onEachNode } from './each-node.ts';
import { nodeOf, openNodes, pastNames, toReplace } from './machines.ts';
import { RESYNC } from './resync.ts';

const NOTHING: Tended = { nodes: [], progress: {} };

/**
 * Looks after the machines that were made for a job while it works: gives back lost ones and those that have nothing to do any more, asks
 * for others in place of lost ones, takes in those that come late, and bootstraps them. Trouble with that holds up no task that can run.
 */
export async function tend(state: JobState, world: World): Promise<Tended> {
  if (state.platform.kind !== 'cloud') return NOTHING;
  const bootstrapped = await bootstrapNew(state, world);
  const asked = await unlessHeldUp(state, () => askCloud(state, world));
  return { ...asked, nodes: [...bootstrapped, ...asked.nodes] };
}

/** What the cloud cannot do now is asked for again later, as long as some machine works. */
async function unlessHeldUp(state: JobState, work: () => Promise<Tended>): Promise<Tended> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof KnownError && error.code !== 'CONFLICT' && openNodes(state).length > 0) return NOTHING;
    throw error;
  }
}

async function askCloud(state: JobState, world: World): Promise<Tended> {
  const { job } = state;
  const now = world.now();
  if (job.progress.tendedAt !== null && now - Date.parse(job.progress.tendedAt) < RESYNC) return NOTHING;
  const useless = state.nodes.filter(({ state, goneAt }) => state === 'lost' && goneAt === null);
  const idle = await surplus(state, world);
  const at = new Date(now).toISOString();
  const tended = { tendedAt: at };
  const gone = [...useless, ...idle.map((node) => ({ ...node, state: 'destroyed' as const }))].map((node) => ({ ...node, goneAt: at }));
  if (gone.length > 0) {
    await world.confirm(); // another worker may have given them tasks meanwhile
    await world.site.giveBack(
      job,
      gone.map(({ name }) => name),
    );
  }
  const open = openNodes(state).filter(({ name }) => !idle.some((node) => node.name === name));
  const { coming } = job.progress;
  const replace = Math.min(toReplace(state), Math.max(0, needed(state) - open.length - coming));
  if (coming + replace === 0) return gone.length > 0 ? { nodes: gone, progress: tended } : NOTHING;
  const past = [...pastNames(state), ...idle.map(({ name }) => name)];
  const creation = await world.site.create(job, open.length + coming + replace, world.confirm, past);
  const known = new Set(state.nodes.map(({ name }) => name));
  const fresh = creation.machines.filter(({ name }) => !known.has(name)).map((machine) => nodeOf(machine, state, world));
  return {
    nodes: [...gone, ...fresh],
    progress: { ...tended, coming: creation.coming, replaced: job.progress.replaced + replace },
    ...(creation.reasons.length > 0 && { note: `The job goes on without some machines. ${creation.reasons.join(' ')}` }),
  };
}

/** How many machines the job has work for, now or in its next iteration. */
function needed(state: JobState): number {
  const { connector, counts, nodes } = state;
  if (iterates(connector)) return Number.POSITIVE_INFINITY;
  return Object.keys(counts.busy).length + Math.ceil(counts.waiting / Math.max(1, nodes[0]?.slots ?? 1));
}

/** Machines that have nothing to do, more than there are tasks that may still come to them; an iteration that follows needs them all. */
async function surplus(state: JobState, world: World): Promise<readonly Node[]> {
  const { job, connector, counts, nodes } = state;
  if (iterates(connector) || counts.assigned > 0 || counts.scheduled + counts.running + counts.waiting === 0) return [];
  const idle = nodes.filter(({ name, state, batches, unreachableSince }) => {
    return state === 'ready' && batches.length === 0 && unreachableSince === null && !counts.busy[name];
  });
  const spare =
    counts.waiting > 0 && reliabilityOf(job.parameters).elsewhere ? idle.length : Math.ceil(counts.waiting / (idle[0]?.slots ?? 1));
  const candidates = idle.slice(spare);
  const query = { iteration: job.iteration, states: ['succeeded', 'failed'], uncollected: true, limit: 1 } as const;
  const left = await Promise.all(candidates.map(({ name }) => world.tasks({ ...query, node: name })));
  return candidates.filter((_, i) => left[i]?.length === 0);
}

/** Machines that came while the job works. */
async function bootstrapNew(state: JobState, world: World): Promise<readonly Node[]> {
  const fresh = state.nodes.filter((node) => node.state === 'running');
  if (fresh.length === 0) return [];
  try {
    const { done, changed } = await onEachNode(state, world, fresh, (node) => bootstrapNode(state, world, node));
    return [...done.map(({ result }) => result.node), ...changed];
  } catch (error) {
    if (error instanceof OutOfReach && state.nodes.some((node) => node.state === 'ready')) return error.nodes;
    throw error;
  }
}
