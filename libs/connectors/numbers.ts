import type { DeclaredOutput, NumberSource, Numbers, OutputRow } from '@kiln/domain';
import { type CsvError, parse } from 'csv-parse/sync';
import { RE2JS } from 're2js';

/** The numbers that declared outputs are in files; `read` gives a file's text, or null if there is none. What is not found is left out. */
export async function numbersIn(outputs: readonly DeclaredOutput[], read: (file: string) => Promise<string | null>): Promise<Numbers> {
  const texts = new Map<string, string | null>();
  for (const { file } of outputs) if (!texts.has(file)) texts.set(file, await read(file));
  const found = outputs.flatMap(({ name, file, source }) => {
    const text = texts.get(file);
    const number = typeof text === 'string' ? numberIn(text, source) : null;
    return number === null ? [] : [[name, number] as const];
  });
  return Object.fromEntries(found);
}

/** Null if it is not there, or no finite number. */
export function numberIn(text: string, source: NumberSource): number | null {
  if (source.kind === 'json') return inJson(text, source.path);
  if (source.kind === 'column') return inColumn(text, source.column, source.row);
  return inText(text, source.pattern);
}

function inJson(text: string, path: string): number | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = Reflect.get(value, key);
  }
  return finite(value);
}

const CHOOSE: Readonly<Record<OutputRow, (values: readonly number[]) => number | undefined>> = {
  first: (values) => values[0],
  last: (values) => values.at(-1),
  minimum: (values) => values.reduce((least, value) => Math.min(least, value), values[0] ?? 0),
  maximum: (values) => values.reduce((most, value) => Math.max(most, value), values[0] ?? 0),
};

function inColumn(text: string, column: string | number, row: OutputRow): number | null {
  const rows = rowsOf(text);
  const at = typeof column === 'number' ? column - 1 : (rows[0]?.indexOf(column) ?? -1);
  const values = rows.flatMap((cells) => finite(cells[at]) ?? []); // headings and gaps are no numbers
  return values.length === 0 ? null : (CHOOSE[row](values) ?? null);
}

/** Comma, semicolon, tab or white space: whichever the first line has, in this order. Lines that begin with # are left out. */
function rowsOf(text: string): readonly (readonly string[])[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const delimiter = [',', ';', '\t'].find((one) => lines[0]?.includes(one));
  if (delimiter === undefined) return lines.map((line) => line.trim().split(/\s+/));
  try {
    return parse(lines.join('\n'), { delimiter, relax_column_count: true, trim: true });
  } catch (error) {
    if (isCsvError(error)) return []; // it is no table
    throw error;
  }
}

function isCsvError(error: unknown): error is CsvError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_');
}

/** Matched in time that grows with the text alone, whatever the expression. */
function inText(text: string, pattern: string): number | null {
  const matcher = RE2JS.compile(pattern, RE2JS.MULTILINE).matcher(text);
  let last: string | null = null;
  while (matcher.find()) last = matcher.group(1);
  return finite(last);
}

/** What is wrong with a regular expression that is to find a number, as what follows its name; null if nothing. */
export function patternProblem(pattern: string): string | null {
  try {
    return RE2JS.compile(pattern, RE2JS.MULTILINE).groupCount() === 1 ? null : 'must have one group, which holds the number';
  } catch (error) {
    if (error instanceof Error && error.name === 'RE2JSSyntaxException') return `is no regular expression: ${error.message}`;
    throw error;
  }
}

function finite(value: unknown): number | null {
  if (typeof value === 'string' && value.trim() === '') return null;
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}
