import type { QueueEntry, QueueState } from './scheduler.ts';

/** What the elements of a job that have not ended wait for, as one sentence; undefined if all of them run. */
export function queueNote(entries: readonly QueueEntry[]): string | undefined {
  const told = (Object.keys(WORDS) as QueueState[]).flatMap((state) => {
    const of = entries.filter((entry) => entry.state === state);
    const text = WORDS[state];
    return of.length > 0 && text ? [`${countOf(of)} ${text}${reasons(of)}`] : [];
  });
  if (told.length === 0) return undefined;
  const start = entries
    .map(({ startsAt }) => startsAt)
    .filter((at) => at !== null)
    .sort()[0];
  const hopeless = entries.find((entry) => entry.hopeless)?.hopeless;
  const sentence = `${told.join(', ')}${start ? `; expected start ${start}` : ''}.`;
  return hopeless ? `${sentence} ${hopeless}` : sentence;
}

/** Null: nothing to be told. The keys of an object are in the order in which they were written. */
const WORDS: Readonly<Record<QueueState, string | null>> = {
  waiting: 'in the queue',
  held: 'held',
  suspended: 'suspended',
  requeued: 'in the queue again',
  error: 'in an error state',
  unknown: 'in a state that Kiln does not know',
  starting: null,
  running: null,
  ending: null,
  ended: null,
};

function countOf(entries: readonly QueueEntry[]): string {
  const count = entries.reduce((sum, { elements }) => sum + (elements ?? [[1, 1]]).reduce((all, [from, to]) => all + to - from + 1, 0), 0);
  return count === 1 ? '1 element is' : `${count} elements are`;
}

function reasons(entries: readonly QueueEntry[]): string {
  const all = [...new Set(entries.map(({ reason, state, word }) => reason ?? (state === 'unknown' ? word : null)).filter(Boolean))];
  return all.length > 0 ? ` (${all.slice(0, 3).join(', ')})` : '';
}
