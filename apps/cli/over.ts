import { CommandError } from './exit.ts';
import { parseJson, splitPair } from './sweep-text.ts';

export interface OverOptions {
  readonly over?: readonly string[];
  readonly zip?: readonly string[];
  readonly sample?: readonly string[];
  readonly samples?: number;
  readonly seed?: number;
  readonly method?: string;
  readonly where?: readonly string[];
  readonly overJson?: string;
}

type OverMap = Record<string, unknown>;

/** What a command line says that a sweep goes over. What is written for values stays text: the server reads it. */
export function overOf(options: OverOptions): OverMap | readonly OverMap[] {
  const { over = [], zip = [], sample = [], samples, seed, method, where = [], overJson } = options;
  const given = overJson === undefined ? {} : parseJson(overJson, 'The map of --over-json');
  const more: OverMap = {
    ...pairsOf(over, '--over', 'seed=1:8'),
    ...(zip.length > 0 && { $zip: pairsOf(zip, '--zip', 'a=1:3') }),
    ...sampleOf(sample, { count: samples, seed, method }),
    ...(where.length > 0 && { $where: [...where] }),
  };
  if (isMap(given)) {
    const twice = Object.keys(more).find((key) => key in given);
    if (twice !== undefined) throw new CommandError(`${twice} is in --over-json already; say it once.`);
    if (overJson === undefined && Object.keys(more).length === 0) {
      throw new CommandError('Say what the sweep goes over, as in --over seed=1:8.');
    }
    return { ...given, ...more };
  }
  if (!Array.isArray(given) || !given.every(isMap)) {
    throw new CommandError('--over-json takes a JSON object or a list of them, as in \'{"seed": [1, 2]}\'.');
  }
  if (Object.keys(more).length > 0) throw new CommandError('With a list in --over-json, everything that is swept stands in its maps.');
  return given;
}

function sampleOf(pairs: readonly string[], settings: Readonly<Record<string, unknown>>): OverMap {
  const said = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  if (pairs.length === 0) {
    if (Object.keys(said).length > 0)
      throw new CommandError('--samples, --seed and --method are for --sample, as in --sample "x=uniform(0, 1)".');
    return {};
  }
  if (said['count'] === undefined) throw new CommandError('Say how many samples there are to be, as in --samples 20.');
  return { $sample: { ...said, of: pairsOf(pairs, '--sample', 'x=uniform(0,1)') } };
}

function pairsOf(texts: readonly string[], option: string, example: string): OverMap {
  const map: OverMap = {};
  for (const text of texts) {
    const [name, values] = splitPair(text, option, example);
    if (name in map) throw new CommandError(`${option} names ${name} twice.`);
    map[name] = values.trimStart().startsWith('[') ? parseJson(values, `The values of ${name}`) : values;
  }
  return map;
}

function isMap(value: unknown): value is OverMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
