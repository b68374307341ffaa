import { SYSTEM_PARAMETERS } from '@kiln/domain';

/** The name of the connector in a folder: Chiminey's payloads are called `payload_NAME`, with underscores where Kiln has hyphens. */
export function connectorNameOf(folder: string): string {
  return folder.startsWith('payload_') ? folder.slice('payload_'.length).replaceAll('_', '-') : folder;
}

/** What is wrong with the name of a connector's folder; null if nothing. */
export function connectorNameProblem(name: string): string | null {
  if (/^[a-z]([a-z0-9-]{0,58}[a-z0-9])?$/.test(name)) return null;
  return `'${name}' cannot be the name of a connector: use at most 60 lower-case letters, digits and hyphens, begin with a letter and do not end with a hyphen.`;
}

/** What is wrong with the name of a parameter that a connector declares or a job sweeps; null if nothing. */
export function parameterNameProblem(name: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(name)) {
    return `'${name}' cannot be the name of a parameter: use at most 64 letters, digits and underscores, and begin with a letter.`;
  }
  if (isSystemParameter(name)) return `'${name}' is a parameter that every connector has; choose another name.`;
  if (isReservedName(name)) return `'${name}' has a meaning of its own in the environment of a task; choose another name.`;
  return null;
}

export function isSystemParameter(name: string): boolean {
  return SYSTEM_PARAMETERS.some((system) => system === name);
}

/** Names that would break a shell, the dynamic linker or what Kiln itself tells a task, if a parameter set them. */
export function isReservedName(name: string): boolean {
  return RESERVED.has(name) || /^(LD_|DYLD_|BASH)/.test(name) || /^kiln_/i.test(name);
}

/** The one of `known` that was probably meant by `name`; undefined if none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3));
  return known
    .map((other) => ({ other, far: distance(name.toLowerCase(), other.toLowerCase(), limit) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far)[0]?.other;
}

/** What somebody gave, short enough for a sentence. */
export function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** `; did you mean 'x'?` or a full stop. */
export function orMeant(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === undefined ? '.' : `; did you mean '${meant}'?`;
}

// POSIX.1-2017 chapter 8 and bash(1) "Shell Variables"; `run_counter` is added to every values.json.
const RESERVED = new Set([
  ...['PATH', 'HOME', 'IFS', 'ENV', 'SHELL', 'USER', 'LOGNAME', 'PWD', 'OLDPWD', 'PS1', 'PS2', 'PS3', 'PS4', 'TMPDIR', 'CDPATH', '_'],
  ...['SHELLOPTS', 'POSIXLY_CORRECT', 'OPTIND', 'OPTARG', 'OPTERR', 'PPID', 'UID', 'EUID', 'GROUPS', 'LINENO', 'RANDOM', 'SECONDS'],
  ...['FUNCNAME', 'DIRSTACK', 'GLOBIGNORE', 'EXECIGNORE', 'FIGNORE', 'PROMPT_COMMAND', 'PIPESTATUS', 'SHLVL', 'EPOCHSECONDS', 'SRANDOM'],
  ...['run_counter', '__proto__'],
]);

/** Levenshtein distance; anything above `limit` may be told as `limit + 1`. */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? limit + 1;
}
