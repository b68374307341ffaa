/** Lets calls pass at a rate, and some at once after a pause. Calls pass in their order. */
export class Pace {
  private readonly interval: number;
  /** When the next call may pass if nothing had been saved up. */
  private next = 0;

  constructor(
    perSecond: number,
    /** How many may pass at once. */
    private readonly burst: number,
    private readonly now: () => number = Date.now,
  ) {
    this.interval = 1000 / perSecond;
  }

  /** Milliseconds after which a call may pass, which it then must; null, and nothing happened, if that is longer than `most`. */
  take(most = Number.POSITIVE_INFINITY): number | null {
    const next = Math.max(this.next, this.now() - this.burst * this.interval) + this.interval;
    const wait = Math.max(0, next - this.now());
    if (wait > most) return null;
    this.next = next;
    return wait;
  }
}

/** Resolves after so many milliseconds; rejects when the signal aborts. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (milliseconds <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const aborted = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', aborted);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', aborted, { once: true });
  });
}
