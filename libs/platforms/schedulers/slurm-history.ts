import { parseRanges } from './ranges.ts';
import type { EndedElement } from './scheduler.ts';
import { isSlurmState, SLURM_STATES } from './slurm-states.ts';

/** https://slurm.schedmd.com/sacct.html; without accounting there is what slurmctld remembers, for some minutes (MinJobAge). */
export function SLURM_HISTORY(job: string): readonly (readonly string[])[] {
  return [
    ['env', 'LC_ALL=C', 'sacct', '--allocations', '--noheader', '--parsable2', `--jobs=${job}`, '--format=JobID,State,ExitCode'],
    ['env', 'LC_ALL=C', 'SLURM_BITSTR_LEN=0', 'scontrol', '--oneliner', 'show', 'job', job],
  ];
}

export function slurmHistory(stdout: string): readonly EndedElement[] {
  const lines = stdout.split(/\r?\n/).map((line) => (line.startsWith('JobId=') ? remembered(line) : accounted(line)));
  // A line for many elements may be older than those of single ones: what is said of one alone counts
  const latest = lines.toSorted((one, other) => other.length - one.length).flat();
  return [...new Map(latest.map((element) => [element.element, element])).values()];
}

/** `12_3|CANCELLED by 1001|0:15` */
function accounted(line: string): readonly EndedElement[] {
  const match = /^\d+(?:_(\[?[^|.]+))?\|([^|]+)\|(\d+:\d+)$/.exec(line.trim());
  return match ? ended(match[1], match[2] ?? '', match[3] ?? '') : [];
}

/** `JobId=15 ArrayJobId=12 ArrayTaskId=3 … JobState=FAILED … ExitCode=42:0 …` */
function remembered(line: string): readonly EndedElement[] {
  const field = (name: string) => new RegExp(` ${name}=(\\S+)`).exec(line)?.[1];
  return ended(field('ArrayTaskId'), field('JobState') ?? '', field('ExitCode') ?? '');
}

function ended(elements: string | undefined, word: string, exit: string): readonly EndedElement[] {
  const state = word.split(' ')[0] ?? '';
  const end = isSlurmState(state) ? SLURM_STATES[state].end : null;
  if (end === null) return [];
  const how = end === 'EXIT' ? byItself(exit) : { code: end, exitCode: null };
  if (elements === undefined) return [{ element: null, word, ...how }];
  // Elements that were cancelled while they waited are one line: `12_[8-20]`
  return parseRanges(elements).flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, index) => ({ element: first + index, word, ...how })),
  );
}

/** Slurm could not open the script's output or enter its directory on that node; the script did not begin. */
const NO_START = 53;

/** `42:0` or, ended by a signal, `0:9` */
function byItself(exit: string): Pick<EndedElement, 'code' | 'exitCode'> {
  const [code = 0, signal = 0] = exit.split(':').map(Number);
  if (signal === NO_START) return { code: 'NODE_FAILED', exitCode: null };
  return signal > 0 ? { code: 'SIGNAL', exitCode: 128 + signal } : { code: 'EXIT', exitCode: code };
}
