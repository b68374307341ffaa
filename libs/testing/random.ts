import { randomNumbers } from '@kiln/domain';

/** A repeatable source of chance. */
export interface Random {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** A whole number from `from` to `to`, both inclusive. */
  between(from: number, to: number): number;
}

export function seeded(seed: number): Random {
  const next = randomNumbers(seed);
  return { next, chance: (probability) => next() < probability, between: (from, to) => from + Math.floor(next() * (to - from + 1)) };
}
