import { inDecades, short } from '../../../parts/chart/scale.ts';
import { compare } from '../order.ts';

/** A swept parameter along one side of a map. */
export interface Axis {
  readonly labels: readonly string[];
  /** At which of the labels a value is; -1 if it is at none. */
  placeOf(value: unknown): number;
}

/** Numbers that are more than these are drawn in ranges. */
const MOST_VALUES = 40;
const MOST_RANGES = 20;

/** The values in order; many numbers in ranges of equal width, or of equal ratio if they span decades. */
export function axisOf(values: readonly unknown[]): Axis {
  const texts = distinct(values);
  const numbers = [...new Set(values.filter((value) => typeof value === 'number'))];
  const numeric = numbers.length === texts.length;
  if (numeric && numbers.length > MOST_VALUES) return inRanges(numbers);
  const places = new Map(texts.map((text, at) => [text, at]));
  return { labels: numeric ? brief(texts.map(Number)) : texts, placeOf: (value) => places.get(String(value)) ?? -1 };
}

/** Each value once, as text, in order. */
export function distinct(values: readonly unknown[]): readonly string[] {
  const known = new Map<string, string | number>();
  for (const value of values) if (value !== undefined) known.set(String(value), typeof value === 'number' ? value : String(value));
  return [...known].sort(([, a], [, b]) => compare(a, b)).map(([text]) => text);
}

function inRanges(numbers: readonly number[]): Axis {
  const low = numbers.reduce((least, number) => Math.min(least, number));
  const high = numbers.reduce((most, number) => Math.max(most, number));
  const [into, back] = inDecades(numbers) ? [Math.log10, (at: number) => 10 ** at] : [Number, Number];
  const ranges = Math.min(MOST_RANGES, Math.round(Math.sqrt(numbers.length)));
  const [start, width] = [into(low), (into(high) - into(low)) / ranges];
  const edges = brief(Array.from({ length: ranges + 1 }, (_, at) => back(start + at * width)));
  return {
    labels: edges.slice(1).map((edge, at) => `${edges[at]}–${edge}`),
    placeOf: (value) => (typeof value === 'number' ? Math.min(ranges - 1, Math.max(0, Math.floor((into(value) - start) / width))) : -1),
  };
}

/** With few digits, unless two would then look alike. */
function brief(numbers: readonly number[]): readonly string[] {
  const texts = numbers.map(short);
  return new Set(texts).size === texts.length ? texts : numbers.map(String);
}
