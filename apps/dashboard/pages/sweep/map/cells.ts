import type { JobStatus } from '@kiln/domain';
import type { Child } from './documents.ts';
import { compare } from './order.ts';

/** Children with the same values of two parameters. */
export interface Cell {
  readonly children: readonly Child[];
}

export interface CellMap {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  at(column: string, row: string): Cell | undefined;
}

/** The children over two of their parameters, values in order. */
export function cellMap(children: readonly Child[], x: string, y: string): CellMap {
  const cells = new Map<string, Child[]>();
  const columns = new Map<string, string | number>();
  const rows = new Map<string, string | number>();
  for (const child of children) {
    const [a, b] = [child.point?.[x], child.point?.[y]];
    if (a === undefined || b === undefined) continue;
    columns.set(String(a), sortKey(a));
    rows.set(String(b), sortKey(b));
    const key = JSON.stringify([String(a), String(b)]);
    cells.set(key, [...(cells.get(key) ?? []), child]);
  }
  return {
    columns: sorted(columns),
    rows: sorted(rows),
    at(column, row) {
      const found = cells.get(JSON.stringify([column, row]));
      return found && { children: found };
    },
  };
}

const WORST: readonly JobStatus[] = ['failed', 'blocked', 'cancelled', 'active', 'waiting', 'succeeded'];

/** What most needs to be looked at. */
export function worst({ children }: Cell): JobStatus {
  return WORST.find((status) => children.some((child) => child.status === status)) ?? 'waiting';
}

function sortKey(value: unknown): string | number {
  return typeof value === 'number' ? value : String(value);
}

function sorted(values: ReadonlyMap<string, string | number>): string[] {
  return [...values].sort(([, a], [, b]) => compare(a, b)).map(([text]) => text);
}
