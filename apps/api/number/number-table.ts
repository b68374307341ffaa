import type { NumberRow } from '@kiln/db/job-numbers';
import type { DeclaredOutput as Declared, Numbers, Value } from '@kiln/domain';
import type { CatalogWatch } from '../watch-catalog.ts';
import type { DeclaredOutput, NumberColumn, NumberTable } from './number.type.ts';

/** Rows as columns. What the connector declares comes first, then what an earlier version of it declared. */
export function columnsOf(rows: readonly NumberRow[], declared: readonly Declared[]): Pick<NumberTable, 'tasks' | 'swept' | 'numbers'> {
  const swept = new Set(rows.flatMap(({ values }) => Object.keys(values)));
  return {
    tasks: rows.map(({ number }) => number),
    swept: [...swept].map((name) => ({ name, values: rows.map(({ values }) => textOf(values[name])) })),
    numbers: numberColumns(rows, declared),
  };
}

/** A column for each number, those that the connector declares first. */
export function numberColumns(rows: readonly { readonly numbers: Numbers }[], declared: readonly Declared[]): readonly NumberColumn[] {
  const found = rows.flatMap(({ numbers }) => Object.keys(numbers));
  return allNumbers(found, declared).map((column) => ({ ...column, values: rows.map(({ numbers }) => numbers[column.name] ?? null) }));
}

/** What the connector declares, then what else was found. */
export function allNumbers(found: readonly string[], declared: readonly Declared[]): readonly Omit<NumberColumn, 'values'>[] {
  const known = declared.map(outputForPeople).map(({ name, title, unit }) => ({ name, title, unit }));
  const others = [...new Set(found)].filter((name) => !known.some((output) => output.name === name));
  return [...known, ...others.map((name) => ({ name, title: name, unit: null }))];
}

/** What the connector's version declares; nothing if it has changed since: titles and units of another version may be others. */
export function declaredOf(catalog: CatalogWatch, { connector, version }: { connector: string; version: string }): readonly Declared[] {
  const loaded = catalog.loaded(connector);
  return loaded?.hash === version ? loaded.connector.outputs : [];
}

export function outputForPeople({ name, title, unit, file }: Declared): DeclaredOutput {
  return { name, title: title ?? name, unit: unit ?? null, file };
}

function textOf(value: Value | undefined): string {
  return value === undefined ? '' : String(value);
}
