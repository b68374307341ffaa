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

/** An element that has not written its end. */
export interface Open {
  /** `S.I` */
  readonly element: string;
  readonly index: number;
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
  for (const one of open) {
    const key = `${there.directory} ${batch} ${one.element}`;
    const { job } = one;
    if (job === null) continue;
    let code: TaskFailureCode | null = refused.includes(job) ? 'REFUSED' : null;
    if (code === null && isThere(one, snapshot)) {
      cluster.odd.delete(key);
      continue;
    }
    if (code === null) {
      const history = histories.get(job) ?? (await cluster.history(job));
      histories.set(job, history);
      code = codeOf(history, one.index, Date.now() - seenSince(cluster, key));
    }
    if (code === null) continue;
    await there.array(['settle', batch, one.element, code], 'The end of an element could not be noted');
    cluster.odd.delete(key);
  }
}

function isThere({ job, index, submittedAt }: Open, { askedAt, entries }: Snapshot): boolean {
  if (askedAt < submittedAt + SEEN_AFTER) return true; // it could not be in that answer yet
  return entries.some((entry) => {
    if (entry.job !== job || entry.state === 'ended') return false;
    return entry.elements === null || entry.elements.some(([from, to]) => from <= index && index <= to);
  });
}

/** Why an element is over that has been missing for some time; null while that cannot be said. */
function codeOf(history: readonly EndedElement[], index: number, missing: number): TaskFailureCode | null {
  const end = history.find(({ element }) => element === index) ?? history.find(({ element }) => element === null);
  if (end && end.code !== 'EXIT') return end.code;
  return missing > GRACE ? 'LOST' : null;
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
