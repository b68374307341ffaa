/**
 * A repeatable source of numbers from 0 (inclusive) to 1 (exclusive): the same for the same seed, a whole number from 0 to 2³² - 1, on
 * every machine. The algorithm is mulberry32, https://github.com/bryc/code/blob/master/jshash/PRNGs.md.
 */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
