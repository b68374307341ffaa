/** Counts failures by where they come from, and says when there were too many of late. */
export interface RateLimit {
  tooMany(source: string): boolean;
  failed(source: string): void;
}

export function createRateLimit(most: number, windowMs: number, now: () => number = Date.now): RateLimit {
  const failures = new Map<string, number[]>();
  const recent = (source: string) => (failures.get(source) ?? []).filter((at) => at > now() - windowMs);
  return {
    tooMany: (source) => recent(source).length >= most,
    failed(source) {
      const all = [...recent(source), now()];
      failures.delete(source);
      failures.set(source, all);
      // Sources that failed longest ago come first; they are forgotten when there are many.
      for (const oldest of failures.keys()) {
        if (failures.size <= 10_000) break;
        failures.delete(oldest);
      }
    },
  };
}
