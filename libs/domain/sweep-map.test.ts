import { describe, expect, test } from 'vitest';
import { countMap, pointsOf } from './expand-map.ts';
import { randomNumbers } from './random.ts';
import type { Point } from './sweep.ts';
import { namesOf, readSweepMap } from './sweep-map.ts';

function read(given: unknown) {
  const { map, problems } = readSweepMap(given);
  expect(problems).toEqual([]);
  return map;
}
const points = (given: unknown, fixed: Point = {}) => [...pointsOf(read(given), fixed)];
const rows = (given: unknown, fixed: Point = {}) => points(given, fixed).map((point) => Object.values(point));
const problem = (given: unknown) => {
  const { problems } = readSweepMap(given);
  return problems[0]?.message ?? 'none';
};

describe('the points of a map', () => {
  test('are the cross product, the last name varying fastest', () => {
    expect(points({ var1: [7, 9], var2: [42] })).toEqual([
      { var1: 7, var2: 42 },
      { var1: 9, var2: 42 },
    ]);
    expect(rows({ var1: [7, 9], var2: [42], x: [1, 2] })).toEqual([
      [7, 42, 1],
      [7, 42, 2],
      [9, 42, 1],
      [9, 42, 2],
    ]);
    expect(points({})).toEqual([{}]);
  });

  test('are those of one map after the other in a list', () => {
    expect(points([{ a: '1:2' }, { b: 'x', a: 9 }])).toEqual([{ a: 1 }, { a: 2 }, { b: 'x', a: 9 }]);
    expect(namesOf(read([{ a: '1:2' }, { b: 'x', a: 9 }]))).toEqual(['a', 'b']);
  });

  test('take zipped values together', () => {
    expect(points({ n: [1, 2], $zip: { a: '1:2', b: ['x', 'y'] } })).toEqual([
      { n: 1, a: 1, b: 'x' },
      { n: 1, a: 2, b: 'y' },
      { n: 2, a: 1, b: 'x' },
      { n: 2, a: 2, b: 'y' },
    ]);
    expect(
      rows({
        $zip: [
          { a: '1:2', b: '3:4' },
          { c: '5:6', d: '7:8' },
        ],
      }),
    ).toHaveLength(4);
  });

  test('are those that meet the conditions, which may speak of fixed values', () => {
    expect(rows({ a: '1:3', b: '1:3', $where: 'a < b' })).toEqual([
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
    expect(rows({ a: '1:9', $where: ['a <= most', 'a % 2 == 0'] }, { most: 5 })).toEqual([[2], [4]]);
  });
});

describe('samples', () => {
  const of = { x: 'uniform(0, 1)', k: 'loguniform(0.001, 1)', n: 'integers(1, 6)', kind: ['a', 'b'] };

  test('are the same for the same seed, on every machine', () => {
    expect(rows({ $sample: { count: 3, seed: 1, of } })).toEqual([
      [0.842482346653, 0.525706251043, 5, 'a'],
      [0.327016989157, 0.0266561210599, 1, 'b'],
      [0.656125966071, 0.00988150160861, 3, 'a'],
    ]);
  });

  test('of a Latin hypercube take one value from each part of each range; chance does not', () => {
    const parts = (method: string) => points({ $sample: { count: 100, seed: 5, method, of } }).map(({ x }) => Math.floor(Number(x) * 100));
    expect([...parts('latin')].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(new Set(parts('random')).size).toBeLessThan(90);
    const kinds = points({ $sample: { count: 100, of } }).filter(({ kind }) => kind === 'a');
    expect(kinds).toHaveLength(50);
  });

  test('stay within their ranges, whatever the seed', () => {
    const next = randomNumbers(7);
    for (let round = 0; round < 200; round += 1) {
      const method = round % 2 === 0 ? 'latin' : 'random';
      for (const { x, k, n } of points({
        $sample: { count: 1 + Math.floor(next() * 9), seed: Math.floor(next() * 2 ** 32), method, of },
      })) {
        expect(Number(x)).toBeGreaterThanOrEqual(0);
        expect(Number(x)).toBeLessThanOrEqual(1);
        expect(Number(k)).toBeGreaterThanOrEqual(0.001);
        expect(Number(k)).toBeLessThanOrEqual(1);
        expect([1, 2, 3, 4, 5, 6]).toContain(n);
      }
    }
  });
});

/** A map of chance: lists, ranges, a zip, a sample, sometimes a condition. */
function anyMap(next: () => number): Record<string, unknown> {
  const size = () => 1 + Math.floor(next() * 4);
  const zip = size();
  return {
    a: Array.from({ length: size() }, (_, i) => i),
    ...(next() < 0.5 && { b: `1:${size()}` }),
    ...(next() < 0.5 && { $zip: { c: `1:${zip}`, d: `linspace(0, 1, ${zip})` } }),
    ...(next() < 0.3 && { $sample: { count: size(), seed: size(), of: { e: 'integers(1, 9)' } } }),
    ...(next() < 0.5 && { $where: 'a != 1' }),
    f: ['x', 'y'].slice(0, Math.ceil(next() * 2)),
  };
}

test('of any map the count is that of its points, all points differ unless values do not, and names keep their order', () => {
  const next = randomNumbers(2026);
  for (let round = 0; round < 500; round += 1) {
    const maps = Array.from({ length: 1 + Math.floor(next() * 2) }, () => anyMap(next));
    const map = read(maps);
    const all = [...pointsOf(map)];
    expect(all).toEqual([...pointsOf(read(maps))]);
    if (all.length === 0) expect(() => countMap(map)).toThrow(/No combination/);
    else expect(countMap(map)).toBe(all.length);
    const flat = maps.flatMap((one) => Object.keys(one)).filter((name) => !name.startsWith('$'));
    for (const point of all) {
      const own = Object.keys(point).filter((name) => flat.includes(name));
      expect(own).toEqual([...own].sort());
      expect(point['a']).not.toBe(maps.every((one) => '$where' in one) ? 1 : -1);
    }
  }
});

describe('a map that is too large', () => {
  test('is counted and refused without being made', () => {
    expect(() => countMap(read({ a: '1:1000000', b: '1:1000000' }))).toThrow('The sweep has 1,000,000,000,000 jobs; it may have 10,000.');
    expect(() => countMap(read({ a: '1:100000', b: '1:100', $where: 'a < b' }))).toThrow(/10,000,000 combinations/);
    expect(() => countMap(read({ a: '1:1000', b: '1:1000', $where: 'a < b' }))).toThrow(/more than 10,000 jobs/);
    expect(countMap(read({ a: '1:10000' }))).toBe(10_000);
  });
});

test.each([
  [7, /map of name and values/],
  [[], /empty/],
  [[{ a: 1 }, 2], /map of name and values/],
  [{ a: [] }, /'a' has no values/],
  [{ a: '' }, /'a' has no values/],
  [{ a: [1, null] }, /list of texts/],
  [{ a: { b: 1 } }, /list of texts/],
  [{ a: '1:0:1' }, /no values/],
  [{ a: 'uniform(0, 1)' }, /\$sample/],
  [{ a: 1, $zip: { a: '1:2', b: '1:2' } }, /swept twice/],
  [{ $zip: { a: '1:2', b: '1:3' } }, /equally many/],
  [{ $zip: {} }, /names nothing/],
  [{ $other: 1 }, /There is no \$other/],
  [{ $sample: { count: 0, of: { x: 'uniform(0, 1)' } } }, /"count"/],
  [{ $sample: { count: 2, seed: -1, of: { x: 'uniform(0, 1)' } } }, /"seed"/],
  [{ $sample: { count: 2, method: 'sobol', of: { x: 'uniform(0, 1)' } } }, /latin or random/],
  [{ $sample: { count: 2, of: { x: 'uniform(1, 0)' } } }, /smaller one first/],
  [{ $sample: { count: 2, of: { x: 'loguniform(0, 1)' } } }, /above 0/],
  [{ $sample: { count: 2, of: { x: 'integers(0.5, 1)' } } }, /whole numbers/],
  [{ $sample: { count: 2, of: {}, more: 1 } }, /no 'more'/],
  [{ a: 1, $where: 7 }, /\$where/],
  [{ a: 1, $where: 'a <' }, /ends too soon/],
])('%j is refused with a sentence', (given, message) => {
  expect(problem(given)).toMatch(message);
});

test('everything that is wrong is told at once, by name', () => {
  const { problems } = readSweepMap({ a: [], b: '1:0:1', $where: '<' });
  expect(problems.map(({ name }) => name)).toEqual(['a', 'b', '$where']);
});

test('a condition that speaks of what is not there is refused', () => {
  expect(() => countMap(read({ a: '1:2', $where: 'a < z' }))).toThrow(/neither swept nor a parameter/);
});
