import type { PbsDialect } from './pbs-dialect.ts';
import { pbsState } from './pbs-states.ts';
import { blocks, onlyNeeded, splitId } from './pbs-text.ts';
import type { QueueEntry } from './scheduler.ts';

/** Only `qselect` tells the login's jobs from others' without cutting names. The brackets of arrays must not meet the shell's patterns. */
export const PBS_STATUS = [
  'sh',
  '-c',
  `set -f
export LC_ALL=C
ids=$(qselect -u "$(id -un)") || exit
ids=$(printf '%s\\n' "$ids" | sed 's/\\[[0-9]*\\]/[]/' | sort -u)
[ -n "$ids" ] || exit 0
${onlyNeeded('qstat -f -t $ids')}`,
];

export function pbsQueue(dialect: PbsDialect, stdout: string): readonly QueueEntry[] {
  const jobs = blocks(stdout, /^Job Id:\s*(\S+)/).flatMap(({ title, attributes }) => {
    const id = splitId(title);
    return id && attributes.has('job_state') ? [{ ...id, attributes }] : [];
  });
  const wholes = new Map(jobs.filter(({ element }) => element === null).map((whole) => [whole.job, whole.attributes]));
  const withElements = new Set(jobs.filter(({ element }) => element !== null).map(({ job }) => job));
  return jobs
    .filter(({ job, element }) => element !== null || !withElements.has(job))
    .map(({ job, element, attributes }) => entry(dialect, job, element, attributes, wholes.get(job)));
}

type Attributes = ReadonlyMap<string, string>;

/** What an element does not say of itself, its array does. */
function entry(
  dialect: PbsDialect,
  job: string,
  element: number | null,
  attributes: Attributes,
  whole: Attributes | undefined,
): QueueEntry {
  const word = attributes.get('job_state') ?? '';
  const state = pbsState(word);
  const waits = state === 'waiting' || state === 'held';
  const reason = waits ? attributes.get('comment') || whole?.get('comment') || null : null;
  const name = attributes.get('job_name') ?? null;
  return {
    job,
    // Torque gives its elements names of their own: `k7-10-1-12`
    name: element === null || dialect === 'pro' ? name : (name?.replace(new RegExp(`-${element}$`), '') ?? null),
    elements: element === null ? null : [[element, element]],
    state,
    word,
    reason,
    startsAt: waits ? (attributes.get('estimated.start_time') ?? null) : null,
    hopeless: reason === null ? null : hopeless(reason),
  };
}

function hopeless(comment: string): string | null {
  if (/^can never run/i.test(comment)) return `PBS would never start it: “${comment}”; ask for less, or choose another queue.`;
  if (/too many failed attempts/i.test(comment)) return `PBS gave up starting it: “${comment}”; ask the cluster's administrators why.`;
  return null;
}
