import { KnownError } from './errors.ts';
import type { Point } from './sweep.ts';
import { type Block, MAX_CHILDREN, namesOf, type SweepMap } from './sweep-map.ts';

/** The most combinations that are tried where constraints choose among them. */
const MAX_TRIED = 1_000_000;

/**
 * The points of a map, one after the other: those of its first block, then those of the next. Factors keep the order in which the block
 * names them and the last one varies fastest. `fixed` are values of other parameters, for constraints that speak of them.
 * @throws KnownError BAD_INPUT if a constraint cannot be decided
 */
export function* pointsOf({ blocks }: SweepMap, fixed: Point = {}): Generator<Point, void, undefined> {
  for (const block of blocks) {
    for (let index = 0; index < combinations(block); index += 1) {
      const point = pointOf(block, index);
      if (block.where.length === 0 || block.where.every((constraint) => constraint.holds({ ...fixed, ...point }))) yield point;
    }
  }
}

/**
 * How many points the map has, without making them unless constraints choose.
 * @throws KnownError TOO_MANY_TASKS beyond `most`, BAD_INPUT if there are none or a constraint cannot be decided
 */
export function countMap(map: SweepMap, fixed: Point = {}, most = MAX_CHILDREN): number {
  const limit = most.toLocaleString('en');
  const all = map.blocks.reduce((sum, block) => sum + combinations(block), 0);
  const chosen = map.blocks.some(({ where }) => where.length > 0);
  if (!chosen && all > most) {
    throw new KnownError(
      'TOO_MANY_TASKS',
      `The sweep has ${all.toLocaleString('en')} jobs; it may have ${limit}. Sweep over fewer values.`,
    );
  }
  if (!chosen) return all;
  if (all > MAX_TRIED) {
    const message = `The sweep has ${all.toLocaleString('en')} combinations for its conditions to choose from; it may have ${MAX_TRIED.toLocaleString('en')}.`;
    throw new KnownError('TOO_MANY_TASKS', message);
  }
  refuseUnknown(map, fixed);
  let count = 0;
  for (const _ of pointsOf(map, fixed)) {
    count += 1;
    if (count > most) throw new KnownError('TOO_MANY_TASKS', `The sweep has more than ${limit} jobs, the most that it may have.`);
  }
  if (count === 0) throw new KnownError('BAD_INPUT', 'No combination meets the conditions of the sweep.');
  return count;
}

function refuseUnknown(map: SweepMap, fixed: Point): void {
  const known = [...namesOf(map), ...Object.keys(fixed)];
  for (const { text, names } of map.blocks.flatMap(({ where }) => where)) {
    const other = names.find((name) => !known.includes(name));
    if (other !== undefined) {
      throw new KnownError('BAD_INPUT', `The condition “${text}” speaks of '${other}', which is neither swept nor a parameter.`);
    }
  }
}

function combinations({ factors }: Block): number {
  return factors.reduce((count, { size }) => count * size, 1);
}

function pointOf({ factors }: Block, index: number): Point {
  const entries: (readonly [string, Point[string]])[] = [];
  let rest = index;
  for (const { names, size, at } of [...factors].reverse()) {
    const values = at(rest % size);
    entries.unshift(...names.flatMap((name, i) => (values[i] === undefined ? [] : [[name, values[i]] as const])));
    rest = Math.floor(rest / size);
  }
  return Object.fromEntries(entries);
}
