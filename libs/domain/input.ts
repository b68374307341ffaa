import type { FileEntry } from './storage.ts';

export const INPUT_MODES = ['required', 'optional'] as const;
/** Whether a connector's jobs must or may name an input location. */
export type InputMode = (typeof INPUT_MODES)[number];

/** The input set that an input location is if it is not one of directories alone, as Chiminey calls it; in `input_0/` of the job. */
export const WHOLE = 'initial';

/** What an input location holds: it is one input set as a `whole`, or each of its directories is one. */
export interface InputSets {
  readonly whole: boolean;
  readonly names: readonly string[];
}

/** Directories are input sets if there is nothing beside them. Names that begin with a dot do not count; without others there is no set. */
export function inputSetsIn(entries: readonly FileEntry[]): InputSets {
  const shown = entries.filter(({ name }) => !name.startsWith('.'));
  const whole = shown.some(({ kind }) => kind === 'file');
  return { whole, names: whole ? [WHOLE] : directoriesIn(shown) };
}

/** Names of the input sets in `input_0/` of a job, in the order of their tasks. */
export function directoriesIn(entries: readonly FileEntry[]): readonly string[] {
  const names = entries.filter(({ name, kind }) => kind === 'directory' && !name.startsWith('.')).map(({ name }) => name);
  return names.sort((a, b) => BY_NUMBER.compare(a, b) || (a < b ? -1 : 1));
}

/** What is wrong with the name of a directory that is to be an input set, as what follows it; null if nothing. */
export function inputSetProblem(name: string): string | null {
  return /\p{Cc}|\uFFFD/u.test(name) ? 'holds signs that no input set can have in its name; rename that directory' : null;
}

const BY_NUMBER = new Intl.Collator('en', { numeric: true });
