import type { Look, TaskFailureCode } from '@kiln/domain';
import { JobOnNode, LOOK_BYTES } from '../job-on-node.ts';
import { parseJournal } from '../runner/journal.ts';
import type { Cluster, Snapshot } from './cluster.ts';
import { queueNote } from './queue-note.ts';
import type { QueueEntry } from './scheduler.ts';

/** An element that left the queue and whose end is not in its journal gets this long to show it: network file systems lag. */
const GRACE = 30_000;
/** A submission is in the answers of a scheduler at the latest so many seconds after it. */
const SEEN_AFTER = 3;

interface Open {
  /** `S.I` */
  readonly element: string;
  readonly index: number;
  /** The scheduler's id of its submission; null while it is not submitted. */
  readonly job: string | null;
  /** Seconds since 1970. */
  readonly submittedAt: number;
}

/** How the elements of a batch stand; null if the batch is not one of elements. */
export function createLook(cluster: Cluster) {
  return async function look(there: JobOnNode, batch: string, offset: number): Promise<Look | null> {
    const snapshot = await cluster.queue(); // before the journals: what is gone from the queue has written its end
    const text = await there.array(['look', batch, String(offset), String(LOOK_BYTES)], 'The elements could not be looked at');
    const end = text.indexOf('\n\n');
    if (end < 0) return null;
    const { entries, length, ended } = parseJournal(Buffer.from(text.slice(end + 2), 'latin1'));
    const news = { entries, offset: offset + length };
    if (ended) return { ...news, runner: 'ended' };
    const open = openElements(text.slice(0, end));
    if (open.length === 0 || open.some(({ job }) => job === null)) return { ...news, runner: 'dead' };
    await settle(there, batch, open, snapshot);
    const note = queueNote(entriesOf(open, snapshot));
    return { ...news, runner: 'running', ...(note ? { note } : {}) };
  };

  /** What is over without an end of its own gets one. */
  async function settle(there: JobOnNode, batch: string, open: readonly Open[], snapshot: Snapshot): Promise<void> {
    const hopeless = [...new Set(entriesOf(open, snapshot).flatMap((entry) => (entry.hopeless ? [entry.job] : [])))];
    await cluster.cancel(hopeless);
    const histories = new Map<string, Awaited<ReturnType<Cluster['history']>>>();
    for (const { element, index, job, submittedAt } of open) {
      const key = `${there.directory} ${batch} ${element}`;
      const alive = snapshot.askedAt < submittedAt + SEEN_AFTER || snapshot.entries.some((entry) => isOf(entry, job, index));
      let code: TaskFailureCode | null = null;
      if (job !== null && hopeless.includes(job)) code = 'REFUSED';
      else if (alive) cluster.missed.delete(key);
      else if (job !== null) {
        const history = histories.get(job) ?? (await cluster.history(job));
        histories.set(job, history);
        const end = history.find((one) => one.element === index || one.element === null);
        const since = cluster.missed.get(key) ?? Date.now();
        cluster.missed.set(key, since);
        if (end && end.code !== 'EXIT') code = end.code;
        else if (Date.now() - since > GRACE) code = 'LOST';
      }
      if (code === null) continue;
      await there.array(['settle', batch, element, code], 'The end of an element could not be noted');
      cluster.missed.delete(key);
    }
  }

  /** Of the queue, what belongs to these elements. */
  function entriesOf(open: readonly Open[], { entries }: Snapshot): readonly QueueEntry[] {
    const jobs = new Set(open.map(({ job }) => job));
    return entries.filter(({ job, state }) => jobs.has(job) && state !== 'ended');
  }

  function openElements(head: string): readonly Open[] {
    const lines = head.split('\n').map((line) => line.split(' '));
    const submissions = new Map(
      lines.flatMap(([kind, s = '', at, ...answer]) =>
        kind === 'submission' ? [[s, { at: Number(at), job: cluster.scheduler.submitted(answer.join(' ')) }] as const] : [],
      ),
    );
    return lines.flatMap(([kind, element = '']) => {
      const [s = '', index] = element.split('.');
      const submission = submissions.get(s);
      if (kind !== 'open') return [];
      return [{ element, index: Number(index), job: submission?.job ?? null, submittedAt: submission?.at ?? 0 }];
    });
  }
}

function isOf({ job, elements, state }: QueueEntry, wanted: string | null, index: number): boolean {
  if (job !== wanted || state === 'ended') return false;
  return elements === null || elements.some(([from, to]) => from <= index && index <= to);
}
