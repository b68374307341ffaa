import { clean, UNSAFE } from './clean.ts';
import { type Look, type Piece, render } from './piece.ts';
import { type Column, table } from './table.ts';

/** The part of a stream that is used here. */
export interface Sink {
  write(text: string | Uint8Array): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Where a command writes. Standard output is for what was asked for, standard error for what went wrong. */
export class Screen {
  readonly terminal: boolean;
  readonly #look: Look;
  readonly #errorLook: Look;
  #live = '';

  constructor(
    private readonly out: Sink,
    private readonly err: Sink,
    options: { readonly colours: boolean },
  ) {
    this.terminal = out.isTTY === true;
    this.#look = { terminal: this.terminal, colours: this.terminal && options.colours };
    this.#errorLook = { terminal: err.isTTY === true, colours: err.isTTY === true && options.colours };
  }

  /** Width of the terminal; undefined when standard output is not one. */
  get columns(): number | undefined {
    return this.terminal ? this.out.columns || 80 : undefined;
  }

  line(...pieces: readonly Piece[]): void {
    this.#print(`${pieces.map((piece) => render(piece, this.#look)).join('')}\n`);
  }

  table(columns: readonly Column[], rows: readonly (readonly Piece[])[]): void {
    for (const line of table(columns, rows, this.columns)) this.line(...line);
  }

  /** For programs. */
  json(value: unknown, indent = 2): void {
    const text = JSON.stringify(value, null, indent);
    // JSON escapes C0 itself; what else a terminal obeys is escaped the same way.
    this.#print(`${this.terminal ? text.replace(UNSAFE, escaped) : text}\n`);
  }

  /** Text as it came, such as a log: made safe for a terminal, untouched for a pipe. */
  text(text: string): void {
    this.#print(this.terminal ? clean(text) : text);
  }

  bytes(bytes: Uint8Array): void {
    this.out.write(bytes);
  }

  /** One sentence on standard error. */
  error(...pieces: readonly Piece[]): void {
    this.#clearLive();
    this.err.write(`${pieces.map((piece) => render(piece, this.#errorLook)).join('')}\n`);
    this.#drawLive();
  }

  /** Keeps one line at the bottom of a terminal and replaces it; `[]` takes it away. Does nothing without a terminal. */
  live(pieces: readonly Piece[]): void {
    if (!this.terminal) return;
    this.#clearLive();
    this.#live = pieces.map((piece) => render(piece, this.#look)).join('');
    this.#drawLive();
  }

  #print(text: string): void {
    this.#clearLive();
    this.out.write(text);
    this.#drawLive();
  }

  #clearLive(): void {
    if (this.#live !== '') this.out.write('\r\u001b[2K');
  }

  #drawLive(): void {
    if (this.#live !== '') this.out.write(this.#live);
  }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
