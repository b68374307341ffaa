import { KnownError, type Resources } from '@kiln/domain';

/**
 * Lines for the head of a script: what the task asks for, then the user's own lines, which overrule it where the scheduler lets the last one win.
 * @throws KnownError BAD_INPUT if a line would be read as something else
 */
export function directives(marker: '#SBATCH' | '#PBS' | '#$', options: readonly string[], resources: Resources): readonly string[] {
  return [...options, ...(resources.directives ?? []).map(directive)].map((option) => `${marker} ${option}`);
}

function directive(text: string): string {
  if (/^-[^\p{Cc}]+$/u.test(text)) return text;
  throw new KnownError(
    'BAD_INPUT',
    `The directive “${shown(text)}” is not one line that begins with a dash: write it like --constraint=ib or -l scratch=10G.`,
  );
}

/**
 * A name that may stand in a directive, where no shell could quote it: schedulers split the line at blanks and some of them at commas.
 * @throws KnownError BAD_INPUT
 */
export function word(text: string, what: 'queue' | 'account' | 'project' | 'QOS'): string {
  if (/^[\p{L}\p{N}_@.:/+*-]+$/u.test(text) && !text.startsWith('-')) return text;
  throw new KnownError('BAD_INPUT', `“${shown(text)}” is not the name of a ${what}: letters, digits and _ @ . : / + * - make one.`);
}

function shown(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, ' ');
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}

/** @throws KnownError BAD_INPUT */
export function unknownHere(what: string, scheduler: string): never {
  throw new KnownError('BAD_INPUT', `${scheduler} has no ${what}: leave it blank, or say what you mean with a directive of your own.`);
}
