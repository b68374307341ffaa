import { type Constraint, parseConstraint } from './constraint.ts';
import { KnownError } from './errors.ts';
import { type Draw, drawFrom, drawFromText, SAMPLE_METHODS, sampled } from './sample.ts';
import type { Value } from './sweep.ts';
import { listed, type ValueList, valuesFromText } from './value-list.ts';

/** The most jobs that one sweep may have. */
export const MAX_CHILDREN = 10_000;

/** Parameters that take their values together: one, or several that are zipped or sampled. */
export interface Factor {
  readonly names: readonly string[];
  readonly size: number;
  /** A value for each name. */
  at(index: number): readonly Value[];
}

/** The cross product of its factors, without the points for which a constraint does not hold. */
export interface Block {
  readonly factors: readonly Factor[];
  readonly where: readonly Constraint[];
}

/** What a sweep goes over: the points of its blocks, one block after the other. */
export interface SweepMap {
  readonly blocks: readonly Block[];
}

/** What is wrong with a part of a map; `name` is the parameter or the key that begins with `$`. */
export interface MapProblem {
  readonly name: string;
  readonly message: string;
}

/**
 * Reads a map as it is written in JSON, or a list of maps, whose points follow one another. Each name has a list of values, one value, or
 * values as text (`valuesFromText`). `$zip` is a map, or a list of maps, of names whose values go together, the first with the first and so
 * on; `$sample` is `{ count, seed, method, of }`; `$where` is a condition or a list of them (`parseConstraint`).
 */
export function readSweepMap(given: unknown): { readonly map: SweepMap; readonly problems: readonly MapProblem[] } {
  const problems: MapProblem[] = [];
  const maps = Array.isArray(given) ? given : [given];
  if (maps.length === 0) problems.push({ name: '', message: 'The list of maps is empty; give at least one, such as {"seed": [1, 2]}.' });
  const blocks = maps.flatMap((map) => {
    if (isRecord(map)) return [readBlock(map, problems)];
    problems.push({
      name: '',
      message: 'A sweep goes over a map of name and values, such as {"seed": [1, 2]}, or over a list of such maps.',
    });
    return [];
  });
  return { map: { blocks }, problems };
}

/** The names that the map has values for, in their order. */
export function namesOf({ blocks }: SweepMap): string[] {
  return [...new Set(blocks.flatMap(({ factors }) => factors.flatMap(({ names }) => names)))];
}

function readBlock(map: Readonly<Record<string, unknown>>, problems: MapProblem[]): Block {
  const factors: Factor[] = [];
  const where: Constraint[] = [];
  for (const [name, given] of Object.entries(map)) {
    try {
      if (name === '$where') where.push(...readWhere(given));
      else factors.push(...readFactors(name, given));
    } catch (error) {
      if (!(error instanceof KnownError)) throw error;
      problems.push({ name, message: error.message });
    }
  }
  const names = factors.flatMap((factor) => factor.names);
  for (const name of new Set(names.filter((one, at) => names.indexOf(one) !== at))) {
    problems.push({ name, message: `'${name}' is swept twice; name it once.` });
  }
  return { factors, where };
}

function readFactors(name: string, given: unknown): Factor[] {
  if (name === '$zip') return (Array.isArray(given) ? given : [given]).map(zipped);
  if (name === '$sample') return [readSample(given)];
  if (name.startsWith('$')) throw new KnownError('BAD_INPUT', `There is no ${name}; there are $zip, $sample and $where.`);
  const values = readValues(name, given);
  return [{ names: [name], size: values.size, at: (index) => [values.at(index)] }];
}

function readValues(name: string, given: unknown): ValueList {
  const values = typeof given === 'string' ? fromText(name, given) : fromJson(name, given);
  if (values.size === 0) throw new KnownError('BAD_INPUT', `'${name}' has no values; give at least one.`);
  return values;
}

function fromText(name: string, text: string): ValueList {
  if (drawFromText(text)) throw new KnownError('BAD_INPUT', `'${name}' draws numbers by chance; name it in "of" of a $sample.`);
  return valuesFromText(text);
}

function fromJson(name: string, given: unknown): ValueList {
  const values: unknown[] = Array.isArray(given) ? given : [given];
  if (values.every(isValue)) return listed(values);
  throw new KnownError('BAD_INPUT', `The values of '${name}' are a list of texts, numbers, true and false, or a text such as "1:8".`);
}

function zipped(given: unknown): Factor {
  if (!isRecord(given)) throw new KnownError('BAD_INPUT', '$zip is a map of names and values, such as {"a": [1, 2], "b": [3, 4]}.');
  const lists = Object.entries(given).map(([name, values]) => ({ name, values: readValues(name, values) }));
  const [first] = lists;
  if (!first) throw new KnownError('BAD_INPUT', '$zip names nothing; give it at least two parameters.');
  const other = lists.find(({ values }) => values.size !== first.values.size);
  if (other) {
    const message = `'${first.name}' has ${first.values.size} values and '${other.name}' ${other.values.size}; what is zipped has equally many.`;
    throw new KnownError('BAD_INPUT', message);
  }
  return { names: lists.map(({ name }) => name), size: first.values.size, at: (index) => lists.map(({ values }) => values.at(index)) };
}

const SAMPLE_KEYS = ['count', 'seed', 'method', 'of'];

function readSample(given: unknown): Factor {
  if (!isRecord(given) || !isRecord(given['of'])) {
    throw new KnownError('BAD_INPUT', '$sample is written as in {"count": 20, "seed": 1, "of": {"x": "uniform(0, 1)"}}.');
  }
  const other = Object.keys(given).find((key) => !SAMPLE_KEYS.includes(key));
  if (other !== undefined) throw new KnownError('BAD_INPUT', `$sample has ${SAMPLE_KEYS.join(', ')}, and no '${other}'.`);
  const { count, seed = 1, method = 'latin', of } = given;
  if (!isWhole(count, 1, MAX_CHILDREN)) {
    throw new KnownError('BAD_INPUT', `"count" of $sample is a whole number from 1 to ${MAX_CHILDREN.toLocaleString('en')}.`);
  }
  if (!isWhole(seed, 0, 2 ** 32 - 1)) throw new KnownError('BAD_INPUT', '"seed" of $sample is a whole number from 0 to 4294967295.');
  const known = SAMPLE_METHODS.find((one) => one === method);
  if (!known) throw new KnownError('BAD_INPUT', `"method" of $sample is ${SAMPLE_METHODS.join(' or ')}.`);
  const draws = Object.entries(of).map(([name, range]) => readDraw(name, range));
  if (draws.length === 0) throw new KnownError('BAD_INPUT', '"of" of $sample names nothing; give it a parameter.');
  const samples = sampled(draws, count, known, seed);
  return { names: Object.keys(of), size: count, at: (index) => samples[index] ?? [] };
}

function readDraw(name: string, given: unknown): Draw {
  return (typeof given === 'string' ? drawFromText(given) : null) ?? drawFrom(readValues(name, given));
}

function readWhere(given: unknown): Constraint[] {
  const texts: unknown[] = Array.isArray(given) ? given : [given];
  if (!texts.every((text) => typeof text === 'string')) {
    throw new KnownError('BAD_INPUT', '$where is a condition such as "a < b", or a list of conditions.');
  }
  return texts.map(parseConstraint);
}

function isWhole(value: unknown, from: number, to: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isValue(value: unknown): value is Value {
  return typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
