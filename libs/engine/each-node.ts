import { type Blocked, type JobState, KnownError, type Node, type TaskChange, type World } from '@kiln/domain';
import { missingSince } from './missing-since.ts';

/** None of the nodes can be reached. */
export class OutOfReach extends KnownError {
  constructor(
    error: KnownError,
    /** With since when. */
    readonly nodes: readonly Node[],
  ) {
    super(error.code, error.message, { retryable: error.retryable, cause: error });
  }
}

/** What came of some work on several nodes at once. */
export interface EachNode<T> {
  readonly done: readonly { readonly node: Node; readonly result: T }[];
  /** Nodes that could not be reached, or are lost. */
  readonly changed: readonly Node[];
  /** What becomes of the tasks of nodes that are lost. */
  readonly tasks: readonly TaskChange[];
}

/**
 * Does the same work on several nodes. One that cannot be reached does not hold up the others; after `limits.lostAfter`, or if the
 * platform does not list it any more, it is lost, and its tasks are for the others.
 * @throws KnownError of any other kind, or OutOfReach if no node can be reached and none is lost by that
 */
export async function onEachNode<T>(
  state: JobState,
  world: World,
  nodes: readonly Node[],
  work: (node: Node) => Promise<T>,
): Promise<EachNode<T>> {
  const began = world.now();
  const all = await Promise.all(
    nodes.map(async (node) => ({ node, ...(await attempt(() => work(reached(node)).catch(asOfMachine(state)))) })),
  );
  world.signal.throwIfAborted();
  const failed = all.flatMap((one) => ('error' in one ? [{ node: one.node, error: one.error }] : []));
  const verdicts = await judge(state, world, failed, began);
  const lost = verdicts.filter(({ lost }) => lost);
  if (failed[0] && failed.length === nodes.length && lost.length === 0) {
    throw new OutOfReach(
      failed[0].error,
      verdicts.map(({ node }) => node),
    );
  }
  const losses = await Promise.all(lost.map(({ node, why }) => loseNode(state, world, node, why)));
  return {
    done: all.flatMap((one) => ('result' in one ? [{ node: reached(one.node), result: one.result }] : [])),
    changed: [...losses.map(({ node }) => node), ...verdicts.flatMap(({ node, lost }) => (lost ? [] : [node]))],
    tasks: losses.flatMap(({ tasks }) => tasks),
  };
}

/** The node as it is without any machine: nothing of it is looked at any more. Its tasks go to others or have failed. */
export async function loseNode(
  { job }: JobState,
  world: World,
  node: Node,
  why: string,
): Promise<{ readonly node: Node; readonly tasks: readonly TaskChange[] }> {
  const find = (states: Parameters<World['tasks']>[0]['states'], uncollected = false) =>
    world.tasks({ iteration: job.iteration, states, node: node.name, ...(uncollected ? { uncollected } : {}) });
  const [unbegun, running, away] = await Promise.all([find(['waiting', 'scheduled']), find(['running']), find(['succeeded'], true)]);
  const failed = (message: string) => ({ state: 'failed', failure: { code: 'NODE_FAILED', message } }) as const;
  const endedAt = new Date(world.now()).toISOString();
  return {
    node: { ...node, state: 'lost', batches: [], note: why },
    tasks: [
      ...unbegun.map(({ number }): TaskChange => ({ number, state: 'waiting', node: '' })),
      ...running.map(({ number }): TaskChange => ({ number, endedAt, ...failed(`${node.name} was lost while the task ran. ${why}`) })),
      ...away.map(({ number }): TaskChange => ({ number, ...failed(`${node.name} was lost with what the task had left. ${why}`) })),
    ],
  };
}

/** A machine that was made for a job and shows another host key is another machine: nobody can say that it is well. */
function asOfMachine({ platform }: JobState): (error: unknown) => never {
  return (error) => {
    const another = platform.kind === 'cloud' && error instanceof KnownError && error.code === 'HOST_KEY_CHANGED';
    throw another
      ? new KnownError('NODE_LOST', 'It shows another host key than the one it had when it was made.', { cause: error })
      : error;
  };
}

/** Whether it is trouble of one machine, and others may be well. */
export function ofMachine({ code, retryable }: KnownError): boolean {
  return code === 'NODE_LOST' || (code === 'PLATFORM_UNAVAILABLE' && retryable);
}

async function attempt<T>(work: () => Promise<T>): Promise<{ result: T } | { error: KnownError }> {
  try {
    return { result: await work() };
  } catch (error) {
    if (error instanceof KnownError && ofMachine(error)) return { error };
    throw error;
  }
}

interface Judged {
  readonly node: Node;
  readonly lost: boolean;
  readonly why: string;
}

async function judge(
  state: JobState,
  world: World,
  failed: readonly { node: Node; error: KnownError }[],
  began: number,
): Promise<readonly Judged[]> {
  if (failed.length === 0) return [];
  const listed = await listedNow(state, world);
  return failed.map(({ node, error }) => {
    if (error.code === 'NODE_LOST') return { node, lost: true, why: error.message };
    if (listed && !listed.has(node.name)) return { node, lost: true, why: `${state.platform.name} does not list ${node.name} any more.` };
    const before = blockedByPlatform(state);
    const last = node.lookedForAt ?? before?.until ?? null;
    const unreachableSince = missingSince(node.unreachableSince ?? before?.since ?? null, last, began);
    const seconds = unreachableFor(unreachableSince, world);
    const lost = seconds > state.platform.settings.limits.lostAfter;
    return {
      node: { ...node, unreachableSince, lookedForAt: new Date(world.now()).toISOString() },
      lost,
      why: `${node.name} could not be reached for ${inWords(seconds)}: ${error.message}`,
    };
  });
}

/** Seconds for which a node could not be reached. */
export function unreachableFor(since: string | null, world: World): number {
  return since === null ? 0 : (world.now() - Date.parse(since)) / 1000;
}

/** Machines that are made for a job may be taken away from it; null where the machine is simply there, or nobody can say. */
async function listedNow({ job, platform }: JobState, world: World): Promise<ReadonlySet<string> | null> {
  if (platform.kind !== 'cloud') return null;
  const found = await attempt(() => world.site.list(job));
  return 'result' in found ? new Set(found.result.map(({ name }) => name)) : null;
}

function blockedByPlatform({ job: { blocked } }: JobState): Blocked | null {
  return blocked?.code === 'PLATFORM_UNAVAILABLE' ? blocked : null;
}

function reached(node: Node): Node {
  return node.unreachableSince === null ? node : { ...node, unreachableSince: null, lookedForAt: null };
}

function inWords(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
