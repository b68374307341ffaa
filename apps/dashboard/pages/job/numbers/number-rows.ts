import type { NumberTable } from '@kiln/client/outcome-documents';

/** A column that rows can be ordered by: the tasks' numbers, a swept parameter or a declared output. */
export interface Column {
  readonly name: string;
  readonly title: string;
  /** A swept parameter; its values are text. */
  readonly swept: boolean;
}

export interface NumberRow {
  readonly task: number;
  readonly cells: readonly (string | number | null)[];
}

export interface NumberSheet {
  readonly columns: readonly Column[];
  readonly rows: readonly NumberRow[];
}

/** Tables of one iteration, which may have different columns, as one sheet. */
export function sheetOf(tables: readonly NumberTable[]): NumberSheet {
  const columns = new Map<string, Column>();
  for (const { swept } of tables) for (const { name } of swept) columns.set(`swept ${name}`, { name, title: name, swept: true });
  for (const { numbers } of tables) {
    for (const { name, title, unit } of numbers) {
      columns.set(name, { name, title: unit === null ? title : `${title} (${unit})`, swept: false });
    }
  }
  const list = [...columns.values()];
  return { columns: list, rows: tables.flatMap((table) => rowsOf(table, list)) };
}

function rowsOf({ tasks, swept, numbers }: NumberTable, columns: readonly Column[]): readonly NumberRow[] {
  const values = columns.map((column) => (column.swept ? swept : numbers).find(({ name }) => name === column.name)?.values ?? []);
  return tasks.map((task, at) => ({ task, cells: values.map((list) => list[at] ?? null) }));
}

export interface Order {
  /** Place of the column; null is the task's number. */
  readonly column: number | null;
  readonly descending: boolean;
}

/** Numbers by size, other text by its letters; what was not found comes last either way. */
export function ordered(rows: readonly NumberRow[], { column, descending }: Order): readonly NumberRow[] {
  const sign = descending ? -1 : 1;
  const cell = (row: NumberRow) => (column === null ? row.task : (row.cells[column] ?? null));
  return rows.toSorted((a, b) => {
    const [x, y] = [cell(a), cell(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    const [m, n] = [Number(x), Number(y)];
    return sign * (Number.isNaN(m) || Number.isNaN(n) ? String(x).localeCompare(String(y), 'en', { numeric: true }) : m - n);
  });
}

/** The column as numbers, where all that is known of it are numbers; null if not. */
export function asNumbers(rows: readonly NumberRow[], column: number | null): readonly (number | null)[] | null {
  if (column === null) return rows.map(({ task }) => task);
  const values = rows.map(({ cells }) => cells[column] ?? null).map((value) => (value === null || value === '' ? null : Number(value)));
  return values.some((value) => value !== null && !Number.isFinite(value)) || values.every((value) => value === null) ? null : values;
}
