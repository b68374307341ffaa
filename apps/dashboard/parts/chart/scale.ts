export interface Scale {
  readonly log: boolean;
  readonly ticks: readonly number[];
  /** Where a value stands, from 0 at the bottom to 1 at the top. */
  place(value: number): number;
}

/** Over how wide a span of values decades are drawn. */
const WIDE = 100;
const MANY = 20;
const MOST_TICKS = 6;

/** The axis of a criterion: in decades if the values span more than two of them. */
export function scaleOf(values: readonly number[]): Scale {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (values.length === 0) return { log: false, ticks: [], place: () => 0 };
  return inDecades(values) ? logarithmic(low, high) : linear(low, high);
}

/** Whether values are drawn in decades: they span more than two of them, and if they are many, most crowd at the lower end. */
export function inDecades(values: readonly number[]): boolean {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (!(low > 0 && high / low > WIDE)) return false;
  const below = values.filter((value) => value < (low + high) / 2).length;
  return values.length < MANY || below > (2 / 3) * values.length;
}

function logarithmic(low: number, high: number): Scale {
  const bottom = Math.floor(Math.log10(low) + 1e-9);
  const top = Math.max(bottom + 1, Math.ceil(Math.log10(high) - 1e-9));
  const step = Math.ceil((top - bottom) / MOST_TICKS);
  const ticks = Array.from({ length: Math.floor((top - bottom) / step) + 1 }, (_, at) => Number(`1e${bottom + at * step}`));
  return { log: true, ticks, place: (value) => (Math.log10(value) - bottom) / (top - bottom) };
}

function linear(low: number, high: number): Scale {
  const step = niceStep((high - low || Math.abs(high) || 1) / 4);
  const bottom = Math.floor(low / step);
  const top = Math.max(bottom + 1, Math.ceil(high / step));
  const ticks = Array.from({ length: top - bottom + 1 }, (_, at) => Number(((bottom + at) * step).toPrecision(12)));
  return { log: false, ticks, place: (value) => (value / step - bottom) / (top - bottom) };
}

/** The next of 1, 2, 5, 10, 20, 50 … that is not smaller. */
export function niceStep(least: number): number {
  const decade = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((one) => one * decade >= least * (1 - 1e-9)) ?? 10;
  return Number((factor * decade).toPrecision(12));
}

/** The last iteration that the axis has room for: all that the job may have if they are few, else some more than it had, so that it seldom moves. */
export function lastOfAxis(current: number, maximum: number | null): number {
  const room = Math.max(current, 4);
  return maximum !== null && maximum <= 60 ? Math.max(current, maximum - 1, 1) : niceStep(room);
}

/** Whole iterations below the axis, none of them closer than `width / most`. */
export function iterationTicks(last: number, most: number): number[] {
  const step = Math.max(1, niceStep(last / Math.max(1, most)));
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, at) => at * step);
}

/** `0.1235`, `1.23e-7`: four digits at most. */
export function short(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 1e6) ? Number(value.toPrecision(3)).toExponential() : String(Number(value.toPrecision(4)));
}
