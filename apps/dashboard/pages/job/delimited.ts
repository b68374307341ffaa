/** A table of text: what its columns are called, and its rows. */
export interface Delimited {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A column of which each cell is a number, or is blank. */
export interface NumberColumn {
  readonly name: string;
  /** By row; null where the cell is blank. */
  readonly values: readonly (number | null)[];
}

/** A table without a line of names gets them: a first line of numbers is none. */
export function tableIn(text: string, delimiter: string, most: number): Delimited {
  const [first = [], ...rest] = parseDelimited(text, delimiter, most + 1);
  const named = first.some((cell) => numberIn(cell) === null);
  if (named) return { head: first.map((name, at) => name || `column ${at + 1}`), rows: rest };
  return { head: first.map((_, at) => `column ${at + 1}`), rows: [first, ...rest].slice(0, most) };
}

export function numberColumns({ head, rows }: Delimited): NumberColumn[] {
  return head.flatMap((name, at) => {
    const cells = rows.map((row) => (row[at] ?? '').trim());
    const values = cells.map(numberIn);
    const known = values.filter((value) => value !== null).length;
    return known >= 2 && cells.every((cell, row) => cell === '' || values[row] !== null) ? [{ name, values }] : [];
  });
}

/** Null if it is none, or none that can be drawn. Fortran writes exponents with a D. */
export function numberIn(cell: string): number | null {
  const text = cell.trim();
  const value = /^[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?$/.test(text) ? Number(text.replace(/[dD]/, 'e')) : Number.NaN;
  return Number.isFinite(value) ? value : null;
}

/** Rows of a CSV or TSV text, at most `most`. Source: RFC 4180. */
export function parseDelimited(text: string, delimiter: string, most: number): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endCell = () => {
    row.push(cell);
    cell = '';
  };
  const endRow = () => {
    endCell();
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length && rows.length < most; at += 1) {
    const letter = text.charAt(at);
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text.charAt(at + 1) === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (letter === '"' && cell === '') quoted = true;
    else if (letter === delimiter) endCell();
    else if (letter === '\n') endRow();
    else if (letter !== '\r') cell += letter;
  }
  if (rows.length < most && (cell !== '' || row.length > 0)) endRow();
  return rows;
}
