import type { TaskFailureCode } from '@kiln/domain';
import type { JobOnNode } from '../job-on-node.ts';
import type { Cluster, Snapshot } from './cluster.ts';
import type { EndedElement, QueueEntry } from './scheduler.ts';

/** An element that left the queue and whose end is not in its journal gets this long to show it: network file systems lag. */
const GRACE = 30_000;
/** A job that "can never run" may be just waiting for machines to come back; it is refused when the scheduler still says so after this. */
const PATIENCE = 60_000;
/** A submission is in the answers of a scheduler at the latest so many seconds after it. */
const SEEN_AFTER = 3;

/** Elements that one command settles; a command line has an end. */
const AT_ONCE = 1000;

/** An element that has not written its end. */
export interface Open {
  /** `S.I` */
  readonly element: string;
  readonly index: number;
  /** It has written anything. */
  readonly begun: boolean;
  /** The scheduler's id of its submission; null while it is not submitted. */
  readonly job: string | null;
  /** Seconds since 1970, by the login node's clock. */
  readonly submittedAt: number;
}

/** Of the queue, what belongs to these elements. */
export function entriesOf(open: readonly Open[], { entries }: Snapshot): readonly QueueEntry[] {
  const jobs = new Set(open.map(({ job }) => job));
  return entries.filter(({ job, state }) => jobs.has(job) && state !== 'ended');
}

/** Elements that are over without having written an end get one, with the reason that the scheduler has for it. */
export async function settle(cluster: Cluster, there: JobOnNode, batch: string, open: readonly Open[], snapshot: Snapshot): Promise<void> {
  const refused = stillHopeless(cluster, there, open, snapshot);
  await cluster.cancel(refused);
  const histories = new Map<string, readonly EndedElement[]>();
  const over = new Map<TaskFailureCode, string[]>();
  for (const one of open) {
    const code = await endOf(cluster, there, one, { batch, refused, snapshot, histories });
    if (code !== null) over.set(code, [...(over.get(code) ?? []), one.element]);
  }
  for (const [code, elements] of over) {
    for (let i = 0; i < elements.length; i += AT_ONCE) {
      await there.array(['settle', batch, code, ...elements.slice(i, i + AT_ONCE)], 'The ends of elements could not be noted');
    }
  }
}

interface Seen {
  readonly batch: string;
  readonly refused: readonly string[];
  readonly snapshot: Snapshot;
  /** What was asked for already, by job. */
  readonly histories: Map<string, readonly EndedElement[]>;
}

/** Why an element is over; null if it is not, or that cannot be said yet. */
async function endOf(cluster: Cluster, there: JobOnNode, one: Open, seen: Seen): Promise<TaskFailureCode | null> {
  const { job } = one;
  if (job === null) return null;
  if (seen.refused.includes(job)) return 'REFUSED';
  const key = `${there.directory} ${seen.batch} ${one.element}`;
  if (isThere(one, seen.snapshot)) {
    cluster.odd.delete(key);
    return null;
  }
  const history = seen.histories.get(job) ?? (await cluster.history(job));
  seen.histories.set(job, history);
  const code = codeOf(history, one, Date.now() - seenSince(cluster, key));
  if (code !== null) cluster.odd.delete(key);
  return code;
}

function isThere({ job, index, submittedAt }: Open, { askedAt, entries }: Snapshot): boolean {
  if (askedAt < submittedAt + SEEN_AFTER) return true; // it could not be in that answer yet
  return entries.some((entry) => {
    if (entry.job !== job || entry.state === 'ended') return false;
    return entry.elements === null || entry.elements.some(([from, to]) => from <= index && index <= to);
  });
}

/** Why an element is over that has been missing for some time; null while that cannot be said. */
function codeOf(history: readonly EndedElement[], { index, begun }: Open, missing: number): TaskFailureCode | null {
  const end = history.find(({ element }) => element === index) ?? history.find(({ element }) => element === null);
  if (end && end.code !== 'EXIT') return end.code;
  if (missing <= GRACE) return null;
  return begun ? 'LOST' : 'NOT_BEGUN';
}

/** Jobs of which the scheduler has said for a while that they can never run. */
function stillHopeless(cluster: Cluster, there: JobOnNode, open: readonly Open[], snapshot: Snapshot): readonly string[] {
  const entries = entriesOf(open, snapshot);
  return [...new Set(entries.map(({ job }) => job))].filter((job) => {
    const key = `${there.directory} ${job}`;
    if (entries.some((entry) => entry.job === job && entry.hopeless)) return Date.now() - seenSince(cluster, key) > PATIENCE;
    cluster.odd.delete(key);
    return false;
  });
}

function seenSince({ odd }: Cluster, key: string): number {
  const since = odd.get(key) ?? Date.now();
  odd.set(key, since);
  return since;
}
