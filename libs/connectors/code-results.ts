import { type InputFile, type Parameter, type Point, type Transformed, type Verdict } from '@kiln/domain';
import { orMeant, parameterNameProblem } from './names.ts';
import { plainProblem, valueProblem } from './value.ts';

type InputSetFiles = NonNullable<Transformed['inputs']>[number];

/** Most sets of input files that an iteration may give to the next. */
const MOST_INPUTS = 10_000;
const MOST_NOTE = 500;

/**
 * What `transform` gave, if it is what its type says, for an iteration with these tasks.
 * @throws Error with a sentence that says what is wrong
 */
export function checkedTransformed(result: unknown, tasks: ReadonlySet<number>, parameters: readonly Parameter[]): Transformed {
  const given = mapOf(result, 'it must return', ['scores', 'keep', 'inputs', 'note']);
  const { scores, keep, inputs } = given;
  return {
    ...(scores !== undefined && { scores: scoresOf(scores, tasks) }),
    ...(keep !== undefined && { keep: keptOf(keep, tasks) }),
    ...(inputs !== undefined && { inputs: inputsOf(inputs, tasks, parameters) }),
    ...noteOf(given),
  };
}

/** What `converged` gave, if it is what its type says. @throws Error with a sentence that says what is wrong */
export function checkedVerdict(result: unknown): Verdict {
  const given = mapOf(result, 'it must return', ['done', 'criterion', 'note']);
  const { done, criterion } = given;
  if (typeof done !== 'boolean') throw wrong(`done must be true or false, not ${shown(done)}`);
  if (criterion === undefined) return { done, ...noteOf(given) };
  if (!isNumber(criterion)) throw wrong(`criterion must be a finite number, not ${shown(criterion)}`);
  return { done, criterion, ...noteOf(given) };
}

function scoresOf(scores: unknown, tasks: ReadonlySet<number>): Record<string, number> {
  for (const [task, score] of Object.entries(mapOf(scores, 'scores must be'))) {
    if (!tasks.has(Number(task)) || String(Number(task)) !== task) throw wrong(`scores: ${noTask(task)}`);
    if (!isNumber(score)) throw wrong(`the score of task ${task} must be a finite number, not ${shown(score)}`);
  }
  return scores as Record<string, number>; // each of them was seen
}

function keptOf(keep: unknown, tasks: ReadonlySet<number>): readonly number[] {
  const list = listOf(keep, 'keep must be a list of numbers of tasks');
  const seen = new Set<number>();
  for (const task of list) {
    if (!isTask(task, tasks)) throw wrong(`keep: ${noTask(task)}`);
    if (seen.has(task)) throw wrong(`keep has task ${task} twice`);
    seen.add(task);
  }
  return [...seen];
}

function inputsOf(inputs: unknown, tasks: ReadonlySet<number>, parameters: readonly Parameter[]): InputSetFiles[] {
  const sets = listOf(inputs, 'inputs must be a list of sets of files');
  if (sets.length > MOST_INPUTS) {
    throw wrong(`inputs has ${sets.length.toLocaleString('en')} sets; an iteration may have ${MOST_INPUTS.toLocaleString('en')}`);
  }
  return sets.map((set, index) => {
    const at = `inputs[${index}]`;
    const { from, values, files } = mapOf(set, `${at} must be`, ['from', 'values', 'files']);
    if (from !== undefined && !isTask(from, tasks)) throw wrong(`${at}.from: ${noTask(from)}`);
    return {
      ...(from !== undefined && { from }),
      ...(values !== undefined && { values: valuesOf(values, `${at}.values`, parameters) }),
      files: filesOf(files, `${at}.files`, tasks),
    };
  });
}

function valuesOf(values: unknown, at: string, parameters: readonly Parameter[]): Point {
  for (const [name, value] of Object.entries(mapOf(values, `${at} must be`))) {
    const parameter = parameters.find((one) => one.name === name);
    const bad = parameter ? null : parameterNameProblem(name);
    if (bad) throw wrong(`${at}: ${bad}`);
    const unfit = parameter ? valueProblem(parameter, value) : plainProblem(value);
    if (unfit) throw wrong(`${at}.${name} ${unfit}`);
  }
  return values as Point; // each of them was seen
}

function filesOf(files: unknown, at: string, tasks: ReadonlySet<number>): Record<string, InputFile> {
  const entries = Object.entries(mapOf(files, `${at} must be`));
  const paths = new Set(entries.map(([path]) => path));
  return Object.fromEntries(
    entries.map(([path, file]): [string, InputFile] => {
      const bad = inputPathProblem(path, paths);
      if (bad) throw wrong(`${at}: ${shown(path)} ${bad}`);
      return [path, typeof file === 'string' ? file : referenceOf(file, `${at}[${shown(path)}]`, tasks)];
    }),
  );
}

function referenceOf(file: unknown, at: string, tasks: ReadonlySet<number>): InputFile {
  const { task, path } = mapOf(file, `${at} must be text or`, ['task', 'path']);
  if (!isTask(task, tasks)) throw wrong(`${at}: ${noTask(task)}`);
  const bad = typeof path === 'string' ? relativeProblem(path) : 'must be text';
  if (bad || typeof path !== 'string') throw wrong(`${at}.path ${bad}`);
  return { task, path };
}

/** What is wrong with the path of a file below a directory, as what follows it; null if nothing. */
export function relativeProblem(path: string): string | null {
  if (path.startsWith('/')) return "must not begin with '/'";
  if (path.includes('\0')) return 'must not hold a NUL character';
  const parts = path.split('/');
  if (parts.includes('..')) return "must not hold '..'";
  return parts.some((part) => part === '' || part === '.') ? 'must be the path of a file, such as data/start.txt' : null;
}

function inputPathProblem(path: string, others: ReadonlySet<string>): string | null {
  const parts = path.split('/');
  if (parts[0] === 'values.json') return "is the name of the file with the task's values; choose another";
  if (/\p{Cc}/u.test(path.replaceAll('\0', ''))) return 'must not hold control characters';
  if (Buffer.byteLength(path) > 1024 || parts.some((part) => Buffer.byteLength(part) > 255)) return 'is too long';
  const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
  return relativeProblem(path) ?? (above.some((folder) => others.has(folder)) ? 'lies below what is a file' : null);
}

function noteOf({ note }: Readonly<Record<string, unknown>>): { note?: string } {
  if (note === undefined) return {};
  if (typeof note !== 'string') throw wrong(`note must be text, not ${shown(note)}`);
  return {
    note: note
      .replace(/[\p{Cc}\s]+/gu, ' ')
      .trim()
      .slice(0, MOST_NOTE),
  };
}

/** A map with no other keys than these, if they are named. */
function mapOf(value: unknown, must: string, keys?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(`${must} a map${keys ? ` with ${keys.join(', ')}` : ''}, not ${shown(value)}`);
  }
  const unknown = keys ? Object.keys(value).find((key) => !keys.includes(key)) : undefined;
  if (keys && unknown !== undefined) throw wrong(`${must} a map with ${keys.join(', ')}; it has '${unknown}'${orMeant(unknown, keys)}`);
  return value as Record<string, unknown>; // an object that is no list
}

function listOf(value: unknown, must: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(`${must}, not ${shown(value)}`);
  return value;
}

function isTask(value: unknown, tasks: ReadonlySet<number>): value is number {
  return typeof value === 'number' && tasks.has(value);
}

function noTask(value: unknown): string {
  return `${shown(value)} is the number of no task of this iteration that succeeded`;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'a map';
  const text = String(typeof value === 'string' ? JSON.stringify(value) : value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function wrong(sentence: string): Error {
  return new Error(sentence);
}
