import { CommandError } from './exit.ts';
import { parseJson, parseSweep, splitPair } from './sweep-text.ts';

export interface SubmissionOptions {
  readonly sweep?: readonly string[];
  readonly setJson?: string;
  readonly platform?: string;
  readonly curate?: string;
  readonly experiment?: string;
  readonly title?: string;
  /** `STORAGE/PATH`. */
  readonly input?: string;
}

/** The parameters that a command line names. Values stay text: the connector's form says what they become. */
export function parametersOf(pairs: readonly string[], options: SubmissionOptions): Record<string, unknown> {
  const parameters = new Map<string, unknown>(Object.entries(jsonObject(options.setJson)));
  const named = new Set<string>();
  for (const pair of pairs) {
    const [key, value] = splitPair(pair, 'A parameter', 'samples=1000');
    if (key === 'sweep') throw new CommandError('Name swept parameters with --sweep, as in --sweep var=1,2,3.');
    if (named.has(key)) throw new CommandError(`${key} is given twice.`);
    named.add(key);
    parameters.set(key, value);
  }
  const { platform, curate: curator, experiment: curator_experiment, title: curator_title } = options;
  for (const [name, value] of Object.entries({ platform, curator, curator_experiment, curator_title }))
    if (value !== undefined) parameters.set(name, value);
  for (const [name, value] of inputOf(options.input)) parameters.set(name, value);
  const sweep = sweepOf(options.sweep ?? [], parameters.get('sweep'));
  if (sweep) parameters.set('sweep', sweep);
  return Object.fromEntries(parameters);
}

function inputOf(text: string | undefined): readonly (readonly [string, string])[] {
  if (text === undefined) return [];
  const slash = text.indexOf('/');
  if (slash < 1 || slash === text.length - 1)
    throw new CommandError('--input takes a storage and a folder of it, as in --input local/data/set1.');
  return [
    ['input_storage', text.slice(0, slash)],
    ['input_path', text.slice(slash + 1)],
  ];
}

function sweepOf(texts: readonly string[], given: unknown): unknown {
  if (texts.length === 0) return given;
  const sweep = new Map<string, unknown>(typeof given === 'object' && given !== null ? Object.entries(given) : []);
  const named = new Set<string>();
  for (const [name, values] of texts.map(parseSweep)) {
    if (named.has(name)) throw new CommandError(`--sweep names ${name} twice.`);
    named.add(name);
    sweep.set(name, values);
  }
  return Object.fromEntries(sweep);
}

function jsonObject(text: string | undefined): object {
  if (text === undefined) return {};
  const value = parseJson(text, 'The parameters of --set-json');
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new CommandError('--set-json takes a JSON object, as in \'{"samples": 1000}\'.');
}
