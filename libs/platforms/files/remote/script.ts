import { readFileSync } from 'node:fs';
import { KnownError } from '@kiln/domain';
import type { RunOptions, Shell } from '../../shells/shell.ts';
import { toKnownError } from '../../trouble.ts';
import { noRoom } from '../room.ts';

/** What each command of a storage on another machine is made of: files beside this one. */
const COMMANDS = {
  open: ['place', 'change', 'room', 'open'],
  probe: ['place', 'room', 'probe'],
  size: ['place', '../../runner/bytes', 'size'],
  list: ['place', 'list'],
  stat: ['place', 'stat'],
  read: ['place', 'read'],
  pack: ['place', 'pack'],
  unpack: ['place', 'unpack'],
  stage: ['place', '../../runner/inputs', 'stage'],
  offer: ['place', 'offer'],
  tally: ['place', '../../runner/inputs', 'tally'],
  swap: ['place', 'change', 'swap'],
  discard: ['place', 'change', 'discard'],
  assemble: ['place', 'change', 'assemble'],
  copy: ['place', 'change', 'copy'],
  adopt: ['place', 'adopt'],
  begin: ['place', 'change', 'sums', 'room', 'begin'],
  add: ['place', 'change', 'sums', 'add'],
  end: ['place', 'change', 'sums', 'end'],
} as const;

export type Command = keyof typeof COMMANDS;

/** Trees are unpacked, copied and removed; milliseconds. */
const LONG = 24 * 3_600_000;

/** How a script says what went wrong. */
const NOTHING_THERE = 44;
export const NO_FILE = 45;
const FULL = 28;
const AWAY = 69;

/** Paths of which the first that a script objects to is told by its number, counted from 1. */
export type Named = readonly string[];

interface ScriptOptions extends RunOptions {
  /** What an exit code means to this command, before what it means to all. */
  readonly trouble?: (code: number) => KnownError | null;
}

/** Runs the scripts of a storage below `root`, a directory in `anchor`, which must be there; or below `plain` in it, if no link is on that way. */
export class Scripts {
  constructor(
    readonly shell: Shell,
    private readonly anchor: string,
    readonly root: string,
    private readonly plain = '',
  ) {}

  /** The standard output. `named` are the paths that it is about. @throws KnownError that begins with `what`, unless there is no such file */
  async run(command: Command, args: readonly string[], what: string, named: Named, options: ScriptOptions = {}): Promise<string> {
    const { trouble, ...running } = options;
    const { code, stdout, stderr } = await this.shell.run(this.argv(command, args), { timeout: LONG, ...running }).catch((error) => {
      throw toKnownError(error, what);
    });
    if (code === 0) return stdout;
    const own = trouble?.(code);
    if (own) throw own;
    const path = named[Math.max(0, Number(stdout.trim()) - 1)] ?? named[0] ?? '';
    if (code === NOTHING_THERE) throw noFile(path);
    if (code === NO_FILE) throw new KnownError('BAD_INPUT', `“${path}” is no regular file.`);
    throw this.trouble(code, stderr, what);
  }

  /** The standard output as it comes; `missing` is thrown if there is nothing of the kind. */
  async *stream(command: 'read' | 'pack', args: readonly string[], missing: KnownError): AsyncIterable<Uint8Array> {
    let begun = false;
    for await (const bytes of this.shell.stream(this.argv(command, args), '')) {
      if (!begun && bytes[0] === MINUS) throw missing;
      yield begun ? bytes : bytes.subarray(1);
      begun = true;
    }
  }

  /** Removes what is at work; nobody sees it, and a later `open` tries again. */
  discardHidden(path: string): Promise<void> {
    return this.run('discard', [], `${path} could not be removed`, [path], { input: lines([path]) }).then(
      () => undefined,
      () => undefined,
    );
  }

  private argv(command: Command, args: readonly string[]): readonly string[] {
    return ['sh', '-c', scriptOf(command), 'sh', this.anchor, this.root, this.plain, ...args];
  }

  /** On other machines permissions come back, too: a ticket is renewed, a file system is mounted again. */
  private trouble(code: number, stderr: string, what: string): KnownError {
    const [, needed, free] = /^kiln: full (\d+) (\d+)$/m.exec(stderr) ?? [];
    if (code === FULL && free !== undefined) return noRoom(what, Number(needed) * 1024, Number(free) * 1024);
    if (code === AWAY && stderr.includes('kiln: away')) {
      const advice = 'if its file system is not mounted, mount it; if it was removed, check the platform, which makes it again';
      return new KnownError('STORAGE_UNWRITABLE', `${what}: ${this.anchor} is not there; ${advice}.`, { retryable: true });
    }
    const error = toKnownError(new Error(stderr || `exit code ${code}`), what);
    return new KnownError(error.code, error.message, { retryable: true, cause: error });
  }
}

const MINUS = '-'.charCodeAt(0);

const scripts = new Map<Command, string>();

function scriptOf(command: Command): string {
  const known = scripts.get(command) ?? COMMANDS[command].map(sourceOf).join('');
  scripts.set(command, known);
  return known;
}

/** Without its comments: each command carries it along. */
function sourceOf(name: string): string {
  return readFileSync(new URL(`${name}.sh`, import.meta.url), 'utf8').replaceAll(/^ *(#.*)?\n/gm, '');
}

export function noFile(path: string): KnownError {
  return new KnownError('NOT_FOUND', `There is no file “${path}”.`);
}

/** Paths as lines for a script, which `decode` reads. */
export function lines(paths: readonly string[], prefix = ''): string {
  return paths.map((path) => `${prefix}${encoded(path)}\n`).join('');
}

function encoded(path: string): string {
  return path.replaceAll(/[\\\n]/g, (letter) => (letter === '\n' ? '\\0012' : '\\0134'));
}
