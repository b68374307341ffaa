const FIRST = 1000;
const LONGEST = 60_000;

/** When to try again what failed: ever later, and not all at the same moment. */
export class Backoff {
  private failures = 0;
  private until = 0;

  constructor(
    private readonly random: () => number = Math.random,
    private readonly now: () => number = Date.now,
  ) {}

  /** Milliseconds until the next try is due; 0 is now. */
  get left(): number {
    return Math.max(0, this.until - this.now());
  }

  failed(): void {
    const pause = Math.min(LONGEST, FIRST * 2 ** Math.min(this.failures, 10));
    this.failures += 1;
    this.until = this.now() + pause * (0.5 + this.random() / 2);
  }

  reset(): void {
    this.failures = 0;
    this.until = 0;
  }
}
