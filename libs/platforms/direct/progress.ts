import { KnownError } from '@kiln/domain';

/** Milliseconds: a copy of which nothing came for this long is given up. */
const SILENCE = 300_000;

/** A line of `carry.sh` is shorter than that; characters. */
const LONGEST_LINE = 16_384;

/** What `carry.sh` says. */
export class Progress {
  outcome: { readonly bytes: number } | { readonly failed: string } | null = null;
  private text = '';
  private counted: number | null = null;
  private since: number;
  private readonly decoder = new TextDecoder();

  constructor(
    private readonly moved: (bytes: number) => void,
    private readonly signedIn: () => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.since = now();
  }

  /** @throws KnownError, retryable, if nothing has moved for long, or something else is said */
  read(piece: Uint8Array): void {
    this.text += this.decoder.decode(piece, { stream: true });
    const lines = this.text.split('\n');
    this.text = lines.pop() ?? '';
    if (this.text.length > LONGEST_LINE) throw unknownWords(this.text);
    for (const line of lines) this.take(line);
  }

  private take(line: string): void {
    const [word, ...rest] = line.split(' ');
    const what = rest.join(' ');
    if (word === 'in') this.signedIn();
    else if (word === 'at') this.look(what);
    else if (word === 'moved') this.outcome ??= { bytes: bytesIn(what) };
    else if (word === 'failed') this.outcome ??= { failed: what };
  }

  private look(at: string): void {
    const counted = at === '-' ? this.counted : bytesIn(at);
    if (counted === null || counted !== this.counted) this.since = this.now();
    if (counted !== null && at !== '-') this.moved(counted);
    this.counted = counted;
    if (this.now() - this.since < SILENCE) return;
    throw new KnownError('PLATFORM_UNAVAILABLE', `nothing came for ${SILENCE / 1000} s`, { retryable: true });
  }
}

function bytesIn(words: string): number {
  if (/^\d{1,15}$/.test(words)) return Number(words);
  throw unknownWords(words);
}

function unknownWords(words: string): KnownError {
  return new KnownError('PLATFORM_UNAVAILABLE', `“${words.slice(0, 100)}” was said in place of bytes`, { retryable: true });
}
