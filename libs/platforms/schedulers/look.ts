import type { Look } from '@kiln/domain';
import { type JobOnNode, LOOK_BYTES } from '../job-on-node.ts';
import { parseJournal } from '../runner/journal.ts';
import type { Cluster } from './cluster.ts';
import { queueNote } from './queue-note.ts';
import type { Scheduler } from './scheduler.ts';
import { entriesOf, type Open, settle } from './settle.ts';

/** How the elements of a batch stand; null if the batch is not one of elements. */
export async function lookAtElements(cluster: Cluster, there: JobOnNode, batch: string, offset: number): Promise<Look | null> {
  const snapshot = await cluster.queue(); // before the journals: what is gone from the queue has written its end
  const text = await there.arrayIfPrepared(['look', batch, String(offset), String(LOOK_BYTES)], 'The elements could not be looked at');
  if (text === null) return { entries: [], offset, runner: 'gone' };
  const end = text.indexOf('\n\n');
  if (end < 0) return null;
  const { entries, length, ended } = parseJournal(Buffer.from(text.slice(end + 2), 'latin1'));
  const news = { entries, offset: offset + length };
  if (ended) return { ...news, runner: 'ended' };
  const open = openElements(text.slice(0, end), cluster.scheduler);
  if (open.length === 0 || open.some(({ job }) => job === null)) return { ...news, runner: 'dead' };
  await settle(cluster, there, batch, open, snapshot);
  const note = queueNote(entriesOf(open, snapshot));
  return { ...news, runner: 'running', ...(note ? { note } : {}) };
}

/** From lines `submission S AT ANSWER` and `open S.I BEGUN`. */
function openElements(head: string, scheduler: Scheduler): readonly Open[] {
  const lines = head.split('\n').map((line) => line.split(' '));
  const submissions = new Map(
    lines.flatMap(([kind, s = '', at, ...answer]) =>
      kind === 'submission' ? [[s, { at: Number(at), job: scheduler.submitted(answer.join(' ')) }] as const] : [],
    ),
  );
  return lines.flatMap(([kind, element = '', begun]) => {
    const [s = '', index] = element.split('.');
    const submission = submissions.get(s);
    if (kind !== 'open') return [];
    return [{ element, index: Number(index), begun: begun !== '0', job: submission?.job ?? null, submittedAt: submission?.at ?? 0 }];
  });
}
