import type { NumberRow } from '@kiln/db/job-numbers';
import type { DeclaredNumber, Value } from '@kiln/domain';
import { outputForPeople } from '../output/declared-output.type.ts';
import type { NumberTable } from './number.type.ts';

/** Rows as columns. What the connector declares comes first, then what an earlier version of it declared. */
export function columnsOf(
  rows: readonly NumberRow[],
  declared: readonly DeclaredNumber[],
): Pick<NumberTable, 'tasks' | 'swept' | 'numbers'> {
  const swept = new Set(rows.flatMap(({ values }) => Object.keys(values)));
  const found = new Set(rows.flatMap(({ numbers }) => Object.keys(numbers)));
  const known = declared.map(outputForPeople);
  const earlier = [...found]
    .filter((name) => !known.some((output) => output.name === name))
    .map((name) => ({ name, title: name, unit: null }));
  return {
    tasks: rows.map(({ number }) => number),
    swept: [...swept].map((name) => ({ name, values: rows.map(({ values }) => textOf(values[name])) })),
    numbers: [...known, ...earlier].map(({ name, title, unit }) => ({
      ...{ name, title, unit },
      values: rows.map(({ numbers }) => numbers[name] ?? null),
    })),
  };
}

function textOf(value: Value | undefined): string {
  return value === undefined ? '' : String(value);
}
