import type { DeclaredNumber, NumberSource, Numbers, OutputRow } from '@kiln/domain';
import { type CsvError, parse } from 'csv-parse/sync';
import { RE2JS } from 're2js';

/** The numbers that declared outputs are in files; `read` gives a file's text, or null if there is none. What is not found is left out. */
export async function numbersIn(outputs: readonly DeclaredNumber[], read: (file: string) => Promise<string | null>): Promise<Numbers> {
  const numbers: Record<string, number> = {};
  for (const file of new Set(outputs.map((output) => output.file))) {
    const text = await read(file);
    const find = text === null ? () => null : finder(text);
    for (const { name, source } of outputs.filter((output) => output.file === file)) {
      const number = find(source);
      if (number !== null) numbers[name] = number;
    }
  }
  return numbers;
}

/** Finds numbers in a text, which is parsed once for all of them; null if one is not there, or no finite number. */
export function finder(text: string): (source: NumberSource) => number | null {
  let json: { readonly value: unknown } | undefined;
  let rows: readonly (readonly string[])[] | undefined;
  return (source) => {
    if (source.kind === 'match') return inText(text, source.pattern);
    if (source.kind === 'json') {
      json ??= { value: parsed(text) };
      return inJson(json.value, source.path);
    }
    rows ??= rowsOf(text);
    return inColumn(rows, source.column, source.row);
  };
}

/** Undefined if it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function inJson(json: unknown, path: string): number | null {
  let value = json;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null;
    value = Reflect.get(value, key);
  }
  return typeof value === 'number' || typeof value === 'string' ? finite(String(value)) : null;
}

/** What counts of the cells of a column that are not blank: for `first` and `last` that cell alone, whether or not it is a number. */
const CHOOSE: Readonly<Record<OutputRow, (cells: readonly string[]) => number | null>> = {
  first: ([cell]) => (cell === undefined ? null : finite(cell)),
  last: (cells) => finite(cells.at(-1) ?? ''),
  minimum: (cells) => extreme(cells, Math.min),
  maximum: (cells) => extreme(cells, Math.max),
};

function extreme(cells: readonly string[], of: (a: number, b: number) => number): number | null {
  return cells.map(finite).reduce((best, value) => (best === null || value === null ? (best ?? value) : of(best, value)), null);
}

/** A heading is no value, also if it looks like a number; without a heading the first row that holds no number is one. */
function inColumn(rows: readonly (readonly string[])[], column: string | number, row: OutputRow): number | null {
  const [head = []] = rows;
  const at = typeof column === 'number' ? column - 1 : head.indexOf(column);
  if (at < 0) return null;
  const headed = typeof column === 'string' || finite(head[at] ?? '') === null;
  const cells = rows.slice(headed ? 1 : 0).map((cells) => cells[at] ?? '');
  return CHOOSE[row](cells.filter((cell) => cell !== ''));
}

/**
 * Comma, semicolon, tab or white space: whichever the first line has, in this order. Lines that begin with # are left out, but for the
 * first one, which may hold the headings.
 */
function rowsOf(text: string): readonly (readonly string[])[] {
  const [first = '', ...others] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const rest = others.filter((line) => !line.startsWith('#'));
  const lines = first.startsWith('#') ? [first.replace(/^#+/, ''), ...rest] : [first, ...rest];
  const delimiter = [',', ';', '\t'].find((one) => (rest[0] ?? first).includes(one));
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

/** Letters of a line that are looked at. */
const LONGEST_LINE = 10_000;

/** In the last line that matches. Each line is matched once, in time that grows with its length alone, whatever the expression. */
function inText(text: string, pattern: string): number | null {
  const expression = RE2JS.compile(pattern);
  const lines = text.split(/\r?\n/);
  for (let i = lines.length - 1; i >= 0; i -= 1) {
    const matcher = expression.matcher((lines[i] ?? '').slice(0, LONGEST_LINE));
    if (matcher.find()) return finite(matcher.group(1) ?? '');
  }
  return null;
}

/** What is wrong with a regular expression that is to find a number, as what follows its name; null if nothing. */
export function patternProblem(pattern: string): string | null {
  try {
    return RE2JS.compile(pattern).groupCount() === 1 ? null : 'must have one group, which holds the number';
  } catch (error) {
    if (error instanceof Error && error.name === 'RE2JSSyntaxException') return `is no regular expression: ${error.message}`;
    throw error;
  }
}

const DECIMAL = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eEdD][-+]?\d+)?\s*$/;

/** Of a decimal number, also as Fortran writes it (`1.5D-3`); null of anything else. */
function finite(text: string): number | null {
  if (!DECIMAL.test(text)) return null;
  const number = Number(text.replace(/[dD]/, 'e'));
  return Number.isFinite(number) ? number : null;
}
