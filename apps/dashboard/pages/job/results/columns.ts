import { numberIn, parseDelimited } from '../delimited.ts';

/** Columns of a text with numbers; what is no number is null. */
export interface Columns {
  readonly headings: readonly string[];
  readonly values: readonly (readonly (number | null)[])[];
}

/**
 * Comma, semicolon, tab or white space part them: whichever the first row has. Lines that begin with # are left out, but the first one
 * may hold the headings, as may a first row in which there is no number.
 */
export function columnsOf(text: string): Columns {
  const [first, ...others] = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (first === undefined) return { headings: [], values: [] };
  const rest = others.filter((line) => !line.startsWith('#'));
  const lines = first.startsWith('#') ? [first.replace(/^#+/, ''), ...rest] : [first, ...rest];
  const rows = rowsOf(
    lines,
    [',', ';', '\t'].find((one) => (rest[0] ?? first).includes(one)),
  );
  const [head = []] = rows;
  const headed = head.every((cell) => numberIn(cell) === null);
  const body = headed ? rows.slice(1) : rows;
  const width = Math.max(0, ...rows.map((row) => row.length));
  const columns = Array.from({ length: width }, (_, at) => at);
  return {
    headings: columns.map((at) => (headed && head[at] ? head[at] : `column ${at + 1}`)),
    values: columns.map((at) => body.map((row) => numberIn(row[at] ?? ''))),
  };
}

/** Where the column with this heading or number, from 1, is; -1 if there is none. */
export function columnAt({ headings }: Columns, name: string): number {
  const at = headings.indexOf(name);
  return at >= 0 || !/^\d+$/.test(name) ? at : Number(name) <= headings.length ? Number(name) - 1 : -1;
}

function rowsOf(lines: readonly string[], delimiter: string | undefined): readonly (readonly string[])[] {
  if (delimiter === undefined) return lines.map((line) => line.trim().split(/\s+/));
  return parseDelimited(lines.join('\n'), delimiter, lines.length).map((row) => row.map((cell) => cell.trim()));
}
