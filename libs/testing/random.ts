/** A repeatable source of chance (mulberry32). */
export interface Random {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** A whole number from `from` to `to`, both inclusive. */
  between(from: number, to: number): number;
}

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, chance: (probability) => next() < probability, between: (from, to) => from + Math.floor(next() * (to - from + 1)) };
}
