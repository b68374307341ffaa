import type { Value } from '@kiln/domain';
import { formatValues } from '../../lib/sweep-text.ts';

/** What a sweep goes over, as it is typed into the form. */
export interface OverForm {
  readonly rows: readonly OverRow[];
  readonly where: string;
  /** How ranges such as uniform(0, 1) are drawn. */
  readonly sample: { readonly count: number; readonly seed: number; readonly method: string };
}

export interface OverRow {
  readonly key: number;
  readonly name: string;
  readonly text: string;
  /** Its values go together with those of the other rows that say so. */
  readonly zipped: boolean;
}

export type Over = Readonly<Record<string, unknown>>;

export const EMPTY: OverForm = {
  rows: [{ key: 0, name: '', text: '', zipped: false }],
  where: '',
  sample: { count: 10, seed: 1, method: 'latin' },
};

/** Values that are drawn by chance. */
export const isRange = (text: string): boolean => /^\s*(uniform|loguniform|integers)\s*\(.*\)\s*$/.test(text);

/** The map that the form says, and what is wrong with which row. Rows that are blank altogether do not count. */
export function overOf({ rows, where, sample }: OverForm): { readonly over: Over; readonly problems: Readonly<Record<number, string>> } {
  const over: Record<string, unknown> = {};
  const zip: Record<string, string> = {};
  const of: Record<string, string> = {};
  const problems: Record<number, string> = {};
  const known = new Set<string>();
  for (const { key, name: typed, text, zipped } of rows) {
    const name = typed.trim();
    if (name === '' && text.trim() === '') continue;
    if (name === '') problems[key] = 'Name the parameter.';
    else if (name.startsWith('$')) problems[key] = 'The name of a parameter begins with a letter.';
    else if (known.has(name)) problems[key] = `${name} is named twice.`;
    else if (text.trim() === '') problems[key] = 'Give at least one value.';
    else {
      known.add(name);
      const into = isRange(text) ? of : zipped ? zip : over;
      into[name] = text.trim();
    }
  }
  if (Object.keys(zip).length > 0) over['$zip'] = zip;
  if (Object.keys(of).length > 0) over['$sample'] = { ...sample, of };
  if (where.trim() !== '') over['$where'] = where.trim();
  return { over, problems };
}

/** The form that says this map; null if the form cannot say it. */
export function overForm(over: unknown): OverForm | null {
  if (!isMap(over)) return null;
  const { $zip: zip = {}, $sample: sample, $where: where = '', ...crossed } = over;
  const drawn = sample === undefined ? { of: {} } : sample;
  if (!isMap(zip) || !isMap(drawn) || !isMap(drawn['of'])) return null;
  const condition = Array.isArray(where) && where.every((one) => typeof one === 'string') ? where.map(bracketed).join(' and ') : where;
  if (typeof condition !== 'string') return null;
  const rows: OverRow[] = [];
  const parts: readonly (readonly [Over, boolean])[] = [
    [crossed, false],
    [zip, true],
    [drawn['of'], false],
  ];
  for (const [map, zipped] of parts) {
    for (const [name, given] of Object.entries(map)) {
      const text = textOf(given);
      if (text === null || name.startsWith('$') || (map === drawn['of'] && !isRange(text))) return null;
      rows.push({ key: rows.length, name, text, zipped });
    }
  }
  const { count, seed, method } = { ...EMPTY.sample, ...drawn };
  if (typeof count !== 'number' || typeof seed !== 'number' || typeof method !== 'string') return null;
  return { rows: rows.length > 0 ? rows : EMPTY.rows, where: condition, sample: { count, seed, method } };
}

/** The map that a JSON text says; the server knows what is wrong with it. */
export function readOver(text: string): { readonly over: unknown } | { readonly problem: string } {
  try {
    const over: unknown = JSON.parse(text.trim() === '' ? '{}' : text);
    if (typeof over === 'object' && over !== null) return { over };
    return { problem: 'Write a map, as in {"seed": [1, 2]}, or a list of maps.' };
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: `This is not JSON: ${error.message}.` };
    throw error;
  }
}

function bracketed(condition: string, _at: number, all: readonly string[]): string {
  return all.length > 1 ? `(${condition})` : condition;
}

function textOf(given: unknown): string | null {
  if (typeof given === 'string') return given;
  const values: unknown[] = Array.isArray(given) ? given : [given];
  return values.every(isValue) ? formatValues(values) : null;
}

function isValue(value: unknown): value is Value {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isMap(value: unknown): value is Over {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
