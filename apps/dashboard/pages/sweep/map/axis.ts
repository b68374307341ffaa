import { isWide, short } from '../../../parts/chart/scale.ts';
import { compare } from '../order.ts';

/** A swept parameter along one side of a map. */
export interface Axis {
  readonly labels: readonly string[];
  /** At which of the labels a value is; -1 if it is at none. */
  placeOf(value: unknown): number;
}

/** Numbers that are more than these are drawn in ranges. */
const MOST_VALUES = 40;
const RANGES = 20;

/** The values in order; numbers that are more than `most` in ranges of equal width, or of equal ratio if they span decades. */
export function axisOf(values: readonly unknown[], most = MOST_VALUES): Axis {
  const known = new Map<string, string | number>();
  for (const value of values) if (value !== undefined) known.set(String(value), typeof value === 'number' ? value : String(value));
  const keys = [...known.values()];
  const numbers = keys.filter((key) => typeof key === 'number');
  if (numbers.length === keys.length && keys.length > most) return inRanges(numbers);
  const labels = [...known].sort(([, a], [, b]) => compare(a, b)).map(([text]) => text);
  const places = new Map(labels.map((label, at) => [label, at]));
  return { labels, placeOf: (value) => places.get(String(value)) ?? -1 };
}

function inRanges(numbers: readonly number[]): Axis {
  const low = numbers.reduce((least, number) => Math.min(least, number));
  const high = numbers.reduce((most, number) => Math.max(most, number));
  const [into, back] = isWide(low, high) ? [Math.log10, (at: number) => 10 ** at] : [Number, Number];
  const [start, width] = [into(low), (into(high) - into(low)) / RANGES];
  const edges = Array.from({ length: RANGES + 1 }, (_, at) => back(start + at * width));
  const brief = edges.map(short);
  const texts = new Set(brief).size === brief.length ? brief : edges.map(String);
  return {
    labels: texts.slice(1).map((text, at) => `${texts[at]}–${text}`),
    placeOf: (value) => (typeof value === 'number' ? Math.min(RANGES - 1, Math.max(0, Math.floor((into(value) - start) / width))) : -1),
  };
}
