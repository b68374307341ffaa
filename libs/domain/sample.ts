import { KnownError } from './errors.ts';
import { randomNumbers } from './random.ts';
import type { Value } from './sweep.ts';
import { readCall, rounded, type ValueList } from './value-list.ts';

export const SAMPLE_METHODS = ['latin', 'random'] as const;
/**
 * `random` draws each value by itself. `latin`, a Latin hypercube, parts the range of each parameter into as many equal parts as there
 * are samples, and draws one value from each.
 */
export type SampleMethod = (typeof SAMPLE_METHODS)[number];

/** What a sampled parameter may be: a number from 0 (inclusive) to 1 (exclusive) → its value. */
export type Draw = (part: number) => Value;

/** `uniform(a, b)`, `loguniform(a, b)`, `integers(a, b)` with both ends; null if the text is none of them. @throws KnownError BAD_INPUT */
export function drawFromText(text: string): Draw | null {
  const call = readCall(text);
  const range = call && RANGES[call.name];
  if (!range) return null;
  const [from = 0, to = 0] = call.numbers;
  if (call.numbers.length !== 2 || !(from < to)) {
    throw new KnownError('BAD_INPUT', `${text.trim()} needs two numbers, the smaller one first.`);
  }
  return range(from, to, text.trim());
}

/** One of the values, each as often as the others. */
export function drawFrom(values: ValueList): Draw {
  return (part) => values.at(Math.min(values.size - 1, Math.floor(part * values.size)));
}

/** `count` samples of the parameters, in their order; the same for the same seed. */
export function sampled(draws: readonly Draw[], count: number, method: SampleMethod, seed: number): readonly (readonly Value[])[] {
  const next = randomNumbers(seed);
  const columns = draws.map((draw) => {
    const strata = method === 'latin' ? shuffled(count, next) : null;
    return Array.from({ length: count }, (_, i) => draw(strata ? ((strata[i] ?? 0) + next()) / count : next()));
  });
  return Array.from({ length: count }, (_, i) => columns.map((column) => column[i] as Value)); // each column has so many
}

const RANGES: Readonly<Record<string, (from: number, to: number, text: string) => Draw>> = {
  uniform: (from, to) => (part) => rounded(from + (to - from) * part),
  loguniform(from, to, text) {
    if (from <= 0) throw new KnownError('BAD_INPUT', `${text} needs numbers above 0.`);
    return (part) => rounded(from * (to / from) ** part);
  },
  integers(from, to, text) {
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) throw new KnownError('BAD_INPUT', `${text} needs whole numbers.`);
    return (part) => from + Math.min(to - from, Math.floor(part * (to - from + 1)));
  },
};

/** The numbers below `count` in an order of chance (Fisher and Yates). */
function shuffled(count: number, next: () => number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = Math.floor(next() * (i + 1));
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}
