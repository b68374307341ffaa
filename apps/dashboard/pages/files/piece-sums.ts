/** The checksums of the pieces of a file; no more than one piece is in memory. Only where the page came over a way that nobody else can change. */
export class PieceSums {
  readonly #sums: string[] = [];

  constructor(
    private readonly bytesAt: (offset: number) => Promise<ArrayBuffer>,
    private readonly piece: number,
    private readonly signal: AbortSignal,
  ) {}

  /** Reads the pieces before `offset` that came earlier. */
  async reach(offset: number): Promise<void> {
    for (let at = this.#sums.length * this.piece; at < offset; at += this.piece) {
      this.signal.throwIfAborted();
      await this.of(at, await this.bytesAt(at));
    }
  }

  /** That of a piece. */
  async of(offset: number, bytes: ArrayBuffer): Promise<string> {
    const sum = await sha256(bytes);
    this.#sums[offset / this.piece] = sum;
    return sum;
  }

  /** That of all of them, a line each. */
  whole(): Promise<string> {
    return sha256(new TextEncoder().encode(this.#sums.map((sum) => `${sum}\n`).join('')));
  }
}

async function sha256(bytes: BufferSource): Promise<string> {
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(sum, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
