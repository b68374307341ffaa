import { parseRanges } from './ranges.ts';
import type { QueueEntry, QueueState } from './scheduler.ts';
import { hopelessReason, isHold, isSlurmState, SLURM_STATES } from './slurm-states.ts';

/**
 * https://slurm.schedmd.com/squeue.html. The name comes last: it alone may hold a `|`.
 * Without SLURM_BITSTR_LEN long lists of elements are cut short.
 */
export const SLURM_STATUS = [
  'env',
  'LC_ALL=C',
  'SLURM_BITSTR_LEN=0',
  'SLURM_TIME_FORMAT=standard',
  'squeue',
  '--me',
  '--noheader',
  '--format=%i|%T|%S|%r|%j',
];

export function slurmQueue(stdout: string): readonly QueueEntry[] {
  return stdout.split(/\r?\n/).flatMap(entry);
}

/** `12_[3-9,15%4]|PENDING|N/A|JobArrayTaskLimit|k7-10-1` */
function entry(line: string): readonly QueueEntry[] {
  const [id = '', word = '', start = '', reason = '', ...name] = line.split('|');
  const match = /^\s*(\d+)(?:_(\S+))?$/.exec(id);
  if (!match?.[1] || !word || name.length === 0) return [];
  const why = word === 'PENDING' || word === 'SUSPENDED' ? blank(reason) : null;
  return [
    {
      job: match[1],
      name: name.join('|') || null,
      elements: match[2] === undefined ? null : parseRanges(match[2]),
      state: stateOf(word, why),
      word,
      reason: why,
      startsAt: word === 'PENDING' ? blank(start) : null,
      hopeless: why === null ? null : hopelessReason(why),
    },
  ];
}

function stateOf(word: string, reason: string | null): QueueState {
  if (word === 'PENDING' && reason !== null && isHold(reason)) return 'held';
  return isSlurmState(word) ? SLURM_STATES[word].queue : 'unknown';
}

function blank(text: string): string | null {
  return ['', 'N/A', 'None', 'Unknown', '(null)'].includes(text) ? null : text;
}
