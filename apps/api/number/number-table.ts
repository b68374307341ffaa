import type { NumberRow } from '@kiln/db/job-numbers';
import { type DeclaredNumber, type Numbers, numbersOf, type Value } from '@kiln/domain';
import type { CatalogWatch } from '../watch-catalog.ts';
import type { NumberColumn, NumberTable } from './number.type.ts';

/** Rows as columns. What the connector declares comes first, then what an earlier version of it declared. */
export function columnsOf(
  rows: readonly NumberRow[],
  declared: readonly DeclaredNumber[],
): Pick<NumberTable, 'tasks' | 'swept' | 'numbers'> {
  const swept = new Set(rows.flatMap(({ values }) => Object.keys(values)));
  return {
    tasks: rows.map(({ number }) => number),
    swept: [...swept].map((name) => ({ name, values: rows.map(({ values }) => textOf(values[name])) })),
    numbers: numberColumns(rows, declared),
  };
}

/** A column for each number, those that the connector declares first. */
export function numberColumns(
  rows: readonly { readonly numbers: Numbers }[],
  declared: readonly DeclaredNumber[],
): readonly NumberColumn[] {
  const found = rows.flatMap(({ numbers }) => Object.keys(numbers));
  return allNumbers(found, declared).map((column) => ({ ...column, values: rows.map(({ numbers }) => numbers[column.name] ?? null) }));
}

/** Those that the connector declares, then what else was found. */
export function allNumbers(found: readonly string[], declared: readonly DeclaredNumber[]): readonly Omit<NumberColumn, 'values'>[] {
  const known = declared.map(({ name, title = name, unit = null }) => ({ name, title, unit }));
  const others = [...new Set(found)].filter((name) => !known.some((output) => output.name === name));
  return [...known, ...others.map((name) => ({ name, title: name, unit: null }))];
}

/** The numbers that the connector's version declares; none if it has changed since: titles and units of another version may be others. */
export function declaredOf(
  catalog: CatalogWatch,
  { connector, version }: { connector: string; version: string },
): readonly DeclaredNumber[] {
  const loaded = catalog.loaded(connector);
  return loaded?.hash === version ? numbersOf(loaded.connector.outputs) : [];
}

function textOf(value: Value | undefined): string {
  return value === undefined ? '' : String(value);
}
