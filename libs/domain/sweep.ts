import { KnownError } from './errors.ts';

/** A value that a parameter can take. */
export type Value = string | number | boolean;

/** Parameter name → the values it takes. `{}` is the sweep of one point: one task. */
export type Sweep = Readonly<Record<string, readonly Value[]>>;

/** One point of a sweep: a value for every swept parameter. */
export type Point = Readonly<Record<string, Value>>;

/** The same text for points that have the same values, in whatever order they name them. */
export function samePoint(point: Point): string {
  return JSON.stringify(Object.entries(point).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The most tasks that one iteration of a job may have. */
export const MAX_TASKS = 100_000;

/** Number of points of the cross product: 1 for `{}`, 0 when a parameter has no values. */
export function countPoints(sweep: Sweep): number {
  return Object.values(sweep).reduce((count, values) => count * values.length, 1);
}

/**
 * The point at `index` (from 0) of the cross product. Parameters keep the order in which the map names them and the
 * last one varies fastest: `{a: [1, 2], b: [3, 4]}` gives (1,3) (1,4) (2,3) (2,4).
 * @throws RangeError if there is no such point.
 */
export function pointAt(sweep: Sweep, index: number): Point {
  if (!Number.isInteger(index) || index < 0 || index >= countPoints(sweep)) {
    throw new RangeError(`The sweep has ${countPoints(sweep)} points; there is none at ${index}.`);
  }
  const point: Record<string, Value> = {};
  let rest = index;
  for (const [name, values] of Object.entries(sweep).reverse()) {
    const value = values[rest % values.length];
    if (value !== undefined) point[name] = value;
    rest = Math.floor(rest / values.length);
  }
  return Object.fromEntries(Object.keys(sweep).map((name) => [name, point[name] as Value])); // every name was set above
}

/**
 * How many of `tasks` each of `nodes` gets: contiguous blocks, the first `tasks % nodes` nodes one more than the rest.
 * Nodes beyond the number of tasks get none.
 */
export function blocks(tasks: number, nodes: number): number[] {
  if (nodes < 1) throw new KnownError('TOO_FEW_NODES', 'There is no machine to run tasks on.');
  const base = Math.floor(tasks / nodes);
  return Array.from({ length: nodes }, (_, i) => base + (i < tasks % nodes ? 1 : 0));
}
