import type { Sweep, Value } from '@kiln/domain';
import { isSweep } from '../../lib/command-line.ts';
import { formatValues, parseValues } from '../../lib/sweep-text.ts';

/** A swept parameter as it is typed. */
export interface Row {
  readonly key: number;
  readonly name: string;
  readonly text: string;
}

export function rowsOf(sweep: unknown): Row[] {
  if (!isSweep(sweep)) return [];
  return Object.entries(sweep).map(([name, values], key) => ({ key, name, text: formatValues(values) }));
}

export type ReadRows = { readonly sweep: Sweep; readonly problems: Readonly<Record<number, string>> };

/** The sweep that the rows say, and what is wrong with which row. Rows that are blank altogether do not count. */
export function readRows(rows: readonly Row[]): ReadRows {
  const sweep: [string, readonly Value[]][] = [];
  const problems: Record<number, string> = {};
  for (const { key, name, text } of rows) {
    if (name.trim() === '' && text.trim() === '') continue;
    const parsed = parseValues(text);
    if (name.trim() === '') problems[key] = 'Name the parameter.';
    else if (sweep.some(([other]) => other === name.trim())) problems[key] = `${name.trim()} is named twice.`;
    else if ('problem' in parsed) problems[key] = parsed.problem;
    else if (parsed.values.length === 0) problems[key] = 'Give at least one value.';
    else sweep.push([name.trim(), parsed.values]);
  }
  return { sweep: Object.fromEntries(sweep), problems };
}

/** The sweep that a JSON text says. */
export function readJson(text: string): { readonly sweep: Sweep } | { readonly problem: string } {
  try {
    const value: unknown = JSON.parse(text.trim() === '' ? '{}' : text);
    if (isSweep(value) && !Array.isArray(value)) return { sweep: value };
    return { problem: 'Write a map of lists, as in {"var": [1, 2]}.' };
  } catch (error) {
    if (error instanceof SyntaxError) return { problem: `This is not JSON: ${error.message}.` };
    throw error;
  }
}
