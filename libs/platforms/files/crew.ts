/** Does some things at once, and no more of them. */
export class Crew {
  private readonly busy = new Set<Promise<void>>();
  private failed: { readonly error: unknown } | null = null;

  constructor(private readonly places = 16) {}

  /** Begins `work` once there is a place. @throws what earlier work threw */
  async add(work: () => Promise<unknown>): Promise<void> {
    while (this.busy.size >= this.places) await Promise.race(this.busy);
    if (this.failed) throw this.failed.error;
    const one: Promise<void> = work()
      .then(
        () => undefined,
        (error) => {
          this.failed ??= { error };
        },
      )
      .finally(() => this.busy.delete(one));
    this.busy.add(one);
  }

  /** Resolves when all is done. @throws what the first that failed threw */
  async done(): Promise<void> {
    await Promise.all(this.busy);
    if (this.failed) throw this.failed.error;
  }

  /** Does `work` with each, and resolves when all is done. */
  static async each<T>(all: Iterable<T>, work: (one: T) => Promise<unknown>): Promise<void> {
    const crew = new Crew();
    for (const one of all) await crew.add(() => work(one));
    await crew.done();
  }
}
