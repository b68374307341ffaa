import { JOB_STATUSES } from '@kiln/domain';
import type { Child } from './documents.ts';

/** By what the table is ordered: a column of its own, `point:NAME`, or the key of a measure. */
export interface Order {
  readonly by: string;
  readonly descending: boolean;
}

/** A number of each child. */
export interface Valued {
  readonly key: string;
  read(child: Child): number | null;
}

/** Milliseconds from a child's beginning to its end, or to `now` while it runs; null if it has not begun. */
export function durationOf({ startedAt, endedAt }: Pick<Child, 'startedAt' | 'endedAt'>, now: number): number | null {
  if (startedAt === null) return null;
  return Math.max(0, (endedAt === null ? now : Date.parse(endedAt)) - Date.parse(startedAt));
}

/** The names that are swept, in the order in which points name them. */
export function sweptNames(children: readonly Pick<Child, 'point'>[]): string[] {
  return [...new Set(children.flatMap(({ point }) => Object.keys(point ?? {})))];
}

/** The names whose values are all numbers. */
export function numericNames(children: readonly Pick<Child, 'point'>[]): string[] {
  return sweptNames(children).filter((name) =>
    children.every(({ point }) => point?.[name] === undefined || typeof point[name] === 'number'),
  );
}

/** The children in that order; equal ones in the order of their points. What has no value comes last, whichever way. */
export function ordered(children: readonly Child[], { by, descending }: Order, now: number, measures: readonly Valued[] = []): Child[] {
  const measure = measures.find(({ key }) => key === by);
  const keyed = children.map((child) => ({ child, key: measure ? measure.read(child) : keyOf(child, by, now) }));
  keyed.sort((a, b) => {
    const missing = Number(a.key === null) - Number(b.key === null);
    const between = a.key === null || b.key === null ? missing : compare(a.key, b.key) * (descending ? -1 : 1);
    return between || Number(a.child.id) - Number(b.child.id);
  });
  return keyed.map(({ child }) => child);
}

function keyOf(child: Child, by: string, now: number): string | number | null {
  if (by.startsWith('point:')) return valueKey(child.point?.[by.slice('point:'.length)]);
  if (by === 'status') return JOB_STATUSES.indexOf(child.status);
  if (by === 'duration') return durationOf(child, now);
  return Number(child.id);
}

function valueKey(value: unknown): string | number | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'number' ? value : String(value);
}

/** Numbers before texts; texts as people order them. */
export function compare(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}
