import type { JobStatus } from '@kiln/domain';
import type { Child } from '../documents.ts';
import { axisOf } from './axis.ts';

/** Children with the same values of two parameters. */
export interface Cell {
  readonly children: readonly Child[];
}

export interface CellMap {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  at(column: number, row: number): Cell | undefined;
}

/** The children over two of their parameters, values in order. */
export function cellMap(children: readonly Child[], x: string, y: string): CellMap {
  const placed = children.filter(({ point }) => point?.[x] !== undefined && point[y] !== undefined);
  const across = axisOf(placed.map(({ point }) => point?.[x]));
  const down = axisOf(placed.map(({ point }) => point?.[y]));
  const cells = new Map<number, Child[]>();
  const place = (column: number, row: number) => row * across.labels.length + column;
  for (const child of placed) {
    const key = place(across.placeOf(child.point?.[x]), down.placeOf(child.point?.[y]));
    const cell = cells.get(key);
    if (cell) cell.push(child);
    else cells.set(key, [child]);
  }
  return {
    columns: across.labels,
    rows: down.labels,
    at(column, row) {
      const found = cells.get(place(column, row));
      return found && { children: found };
    },
  };
}

/** The children that have these values; a parameter that is not named may have any. */
export function only(children: readonly Child[], fixed: Readonly<Record<string, string>>): readonly Child[] {
  const wanted = Object.entries(fixed);
  return children.filter(({ point }) => wanted.every(([name, value]) => String(point?.[name]) === value));
}

const WORST: readonly JobStatus[] = ['failed', 'blocked', 'cancelled', 'active', 'waiting', 'succeeded'];

/** What most needs to be looked at. */
export function worst({ children }: Cell): JobStatus {
  return WORST.find((status) => children.some((child) => child.status === status)) ?? 'waiting';
}

/** Of those that have the number; null if none has. */
export function meanOf({ children }: Cell, read: (child: Child) => number | null): number | null {
  const values = children.flatMap((child) => read(child) ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value / values.length, 0);
}
