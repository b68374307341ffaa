/** Wakes one waiter: rings that come while nobody waits are remembered as one. */
export class Bell {
  #rung = false;
  #closed = false;
  #wake: (() => void) | null = null;

  get closed(): boolean {
    return this.#closed;
  }

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** Resolves at a ring, at the end, or after `timeout` milliseconds. */
  async wait(timeout?: number): Promise<void> {
    if (!this.#rung && !this.#closed) await this.#sleep(timeout, () => this.#rung);
    this.#rung = false;
  }

  /** Resolves after `milliseconds`, or at the end; rings are kept for `wait`. */
  async pause(milliseconds: number): Promise<void> {
    if (!this.#closed) await this.#sleep(milliseconds, () => false);
  }

  #sleep(timeout: number | undefined, enough: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
      const timer = timeout === undefined ? undefined : setTimeout(done, timeout);
      this.#wake = () => {
        if (this.#closed || enough()) done();
      };
    });
  }
}
