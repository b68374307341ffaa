import { setTimeout as sleep } from 'node:timers/promises';

/** How long a lost connection is tried again before it counts as lost, in milliseconds. */
export const PATIENCE = 10 * 60_000;

/** Waits between tries: they double from 0.25 s to 15 s, half of each is random so that many clients do not come back at once. */
export class Backoff {
  #attempts = 0;
  #since: number | undefined;

  constructor(
    private readonly patience: number = PATIENCE,
    private readonly random: () => number = Math.random,
    private readonly now: () => number = Date.now,
  ) {}

  /** It worked: the next trouble starts from the beginning. */
  reset(): void {
    this.#attempts = 0;
    this.#since = undefined;
  }

  /** Waits before the next try; throws `trouble` when patience has run out. */
  async wait(trouble: unknown, signal?: AbortSignal): Promise<void> {
    this.#since ??= this.now();
    const milliseconds = this.nextDelay();
    if (this.now() + milliseconds - this.#since > this.patience) throw trouble;
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  }

  nextDelay(): number {
    const whole = Math.min(15_000, 250 * 2 ** Math.min(this.#attempts, 10));
    this.#attempts += 1;
    return whole / 2 + (whole / 2) * this.random();
  }
}
