import { readFileSync } from 'node:fs';
import { KnownError } from '@kiln/domain';
import type { RunOptions, Shell } from '../shells/shell.ts';
import { toKnownError } from '../trouble.ts';

/** What each is made of: files beside this one. They come along with each command. */
const SCRIPTS = {
  probe: ['login', 'probe'],
  carry: ['login', 'marked', 'carry'],
  keys: ['keys'],
  end: ['marked', 'end'],
} as const;

type Script = keyof typeof SCRIPTS;

export function scriptLine(script: Script, args: readonly string[]): readonly string[] {
  const text = SCRIPTS[script].map((name) => readFileSync(new URL(`${name}.sh`, import.meta.url), 'utf8')).join('');
  return ['sh', '-c', text.replaceAll(/^ *(#.*)?\n/gm, ''), 'sh', ...args];
}

/** What runs for a copy is found by this. */
export function marked(mark: string, argv: readonly string[]): readonly string[] {
  return ['env', `KILN_DIRECT=${mark}`, ...argv];
}

/** Its standard output; `mark` is of a copy that may end it. @throws KnownError that begins with `what` */
export async function runScript(
  shell: Shell,
  script: Script,
  args: readonly string[],
  what: string,
  { mark, ...options }: RunOptions & { readonly mark?: string } = {},
): Promise<string> {
  const { code, stdout, stderr } = await shell
    .run(mark ? marked(mark, scriptLine(script, args)) : scriptLine(script, args), options)
    .catch((error) => {
      throw toKnownError(error, what);
    });
  if (code === 0) return stdout;
  const [, why] = /^kiln: (.*)$/m.exec(stderr) ?? [];
  if (why !== undefined) throw new KnownError('PLATFORM_UNAVAILABLE', `${what}: ${why}.`, { retryable: true });
  throw toKnownError(new Error(stderr || `exit code ${code}`), what);
}
