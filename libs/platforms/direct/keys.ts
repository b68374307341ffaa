import { randomUUID } from 'node:crypto';
import { KnownError } from '@kiln/domain';
import type { Shell } from '../shells/shell.ts';
import type { DirectMachine } from './machine.ts';
import { runScript } from './scripts.ts';

/** Seconds within which a fresh key must have been used, by the clock of the server. */
const LIFE = 900;
/** Others may be at it; milliseconds. */
const LIMIT = 200_000;
/** Older servers read no longer lines. */
const LONGEST_LINE = 8000;

/** What is changed in `~/.ssh/authorized_keys`. */
export interface KeyChange {
  /** What the marks of this installation begin with, in front of a number. */
  readonly marks: string;
  /** The number of the copy. */
  readonly id: string;
  /** Numbers of the marks whose keys go. */
  readonly drop: readonly string[];
  /** A line that comes, for the copy. */
  readonly add?: { readonly line: string; readonly expires: boolean };
}

/** `root` is Kiln's directory there. Resolves with the numbers of the marks that are there afterwards. */
export async function changeKeys(
  shell: Shell,
  { name, root }: Pick<DirectMachine, 'name' | 'root'>,
  change: KeyChange,
): Promise<readonly string[]> {
  const { marks, id, drop, add } = change;
  const what = `The keys that may log in to ${name} could not be changed`;
  const answer = await runScript(
    shell,
    'keys',
    [marks, onceIn(root, ''), randomUUID(), add?.expires ? String(LIFE) : '', id, ...drop],
    what,
    {
      input: `${add?.line ?? ''}\n`,
      timeout: LIMIT,
      ...(add && { mark: `${marks}-${id}` }),
    },
  );
  return answer.split('\n').filter(Boolean);
}

/** A directory that is there until the key of a copy was used. */
export function onceIn(root: string, id: string): string {
  return `${root}/.direct-once-${id}`;
}

/** Runs `argv` the first time, and nothing after that. No variable that a login may bring along adds to what tar does. */
export function onlyOnce(root: string, id: string, argv: readonly string[]): readonly string[] {
  return ['env', 'TAR_OPTIONS=', 'sh', '-c', ONCE, 'sh', onceIn(root, id), ...argv];
}

const ONCE = 'rmdir "$1" 2>/dev/null || { echo "this key was used already" >&2; exit 1; }; shift; exec "$@"';

/** The line of `authorized_keys` with which `publicKey` runs one command and nothing else. `command` is a line of the login shell. */
export function restrictedKey(publicKey: string, command: string): string {
  // Within its quotes nothing but a quote has a meaning: sshd(8).
  const line = `restrict,command="${command.replaceAll('"', '\\"')}" ${publicKey.trim()}`;
  if (line.length > LONGEST_LINE || /\\$|\n/.test(command))
    throw new KnownError('BAD_INPUT', 'the path there is too long for a key that is held to it');
  return line;
}
