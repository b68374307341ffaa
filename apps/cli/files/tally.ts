import { inBytes, many } from '../screen/ago.ts';
import { styled } from '../screen/piece.ts';
import type { Screen } from '../screen/screen.ts';

/** Counts what was copied, and shows it on a terminal while it goes on. */
export class Tally {
  #files = 0;
  #bytes = 0;
  #there = 0;

  constructor(
    private readonly screen: Screen,
    private readonly json: boolean,
  ) {}

  /** A large file is under way. */
  under(file: string, bytes: number, size: number): void {
    this.#show(file, `${Math.floor((100 * bytes) / Math.max(1, size))} % of ${inBytes(size)} `);
  }

  /** A file is in its place; `copied`: it was not before. */
  done(file: string, size: number, copied: boolean): void {
    this.#files += 1;
    this.#bytes += size;
    if (!copied) this.#there += 1;
    if (this.json) this.screen.json({ file, size, copied }, 0);
    else this.#show(file, '');
  }

  end(): void {
    if (this.json) return;
    this.screen.live([]);
    const before = this.#there > 0 ? `, ${this.#there} of them from before` : '';
    this.screen.line(`${many(this.#files, 'file')} (${inBytes(this.#bytes)}) ${this.#files === 1 ? 'is' : 'are'} there${before}.`);
  }

  #show(file: string, part: string): void {
    this.screen.live([`${many(this.#files, 'file')}, ${inBytes(this.#bytes)}  `, part, styled('quiet', file)]);
  }
}
