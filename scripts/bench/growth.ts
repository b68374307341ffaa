/** How much memory this process takes while it works, beyond what it had. */
export class Growth {
  private bytes = 0;

  async during(work: () => Promise<void>): Promise<void> {
    const before = process.memoryUsage.rss();
    const timer = setInterval(() => {
      this.bytes = Math.max(this.bytes, process.memoryUsage.rss() - before);
    }, 20);
    await work().finally(() => clearInterval(timer));
  }

  /** MB */
  most(): number {
    return Math.round(this.bytes / 1024 ** 2);
  }
}
