import { setTimeout as sleep } from 'node:timers/promises';

/** Lets calls pass at a rate; after a pause, up to two seconds' worth of them at once. Calls pass in their order. */
export class Pace {
  private readonly interval: number;
  private readonly burst: number;
  /** When the next call may pass if nothing had been saved up. */
  private next = 0;

  constructor(perSecond: number, now: () => number = Date.now) {
    this.interval = 1000 / perSecond;
    this.burst = Math.max(1000 / this.interval, 1) * this.interval * 2;
    this.now = now;
  }

  private readonly now: () => number;

  async pass(): Promise<void> {
    this.next = Math.max(this.next, this.now() - this.burst) + this.interval;
    const early = this.next - this.now();
    if (early > 0) await sleep(early);
  }
}
