import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { leftovers, type Result, resultOf, wrongWith } from './checks.ts';
import type { Fed } from './feeder.ts';
import { type Kill, killed } from './killer.ts';
import type { Machinery } from './machinery.ts';
import { isShaken } from './victims.ts';

/** What jobs of each kind that ends by itself have come to undisturbed. */
export async function referencesOf(machinery: Machinery, calm: readonly Fed[]): Promise<ReadonlyMap<string, Result>> {
  const references = new Map<string, Result>();
  for (const { id, submission } of calm.filter((job) => !job.submission.endless))
    references.set(submission.kind, await resultOf(machinery, { id, connector: submission.connector }));
  return references;
}

/** What is wrong with any of these jobs, and what is left of them. */
export async function judge(
  machinery: Machinery,
  jobs: readonly Fed[],
  references: ReadonlyMap<string, Result>,
  kills: readonly Kill[],
): Promise<readonly string[]> {
  const wrong = [...(await leftovers(machinery))];
  for (const job of jobs) {
    const shaken = kills.some(({ what }) => isShaken(job.id, what));
    wrong.push(...(await wrongWith(machinery, job, references.get(job.submission.kind) ?? null, shaken)));
  }
  return wrong;
}

export interface Telling {
  readonly machinery: Machinery;
  readonly seed: number;
  /** Where all that was written is copied. */
  readonly keep: string | null;
  readonly say: (line: string) => void;
}

/** If something is wrong: what that is, and what was killed. */
export async function tell(wrong: readonly string[], kills: readonly Kill[], { machinery, seed, keep, say }: Telling): Promise<void> {
  if (wrong.length === 0) return;
  say([...wrong, history(seed, kills)].join('\n'));
  if (keep) await promisify(execFile)('cp', ['-a', machinery.base, keep]);
}

/** How many there were of what. */
export function counted(kills: readonly Kill[]): string {
  return `${killed(kills)} kills: ${tally(kills.map(({ what }) => what.split(' ')[0] ?? ''))}`;
}

/** How often each of these is there, in the order in which they come. */
export function tally(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${word} ${count}`).join(', ');
}

function history(seed: number, kills: readonly Kill[]): string {
  const begin = kills[0]?.at ?? 0;
  const lines = kills.map(
    ({ at, what, point, job }) => `  ${((at - begin) / 1000).toFixed(1)} s: ${what}${point ? ` at ${point} of job ${job}` : ''}`,
  );
  return [`seed ${seed}; what was killed:`, ...lines].join('\n');
}
