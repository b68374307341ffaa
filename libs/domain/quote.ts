/**
 * One POSIX shell word for `text`, whatever it holds. This is the only way by which outside text becomes part of a command.
 * @throws RangeError if `text` holds a NUL character, which no shell word can.
 * Source: POSIX.1-2017, Shell Command Language, 2.2.2 Single-Quotes.
 */
export function quote(text: string): string {
  if (text.includes('\0')) throw new RangeError('A NUL character cannot be part of a command.');
  if (/^[A-Za-z0-9_/.:=@%+,-]+$/.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `argv` as one command line. */
export function quoteAll(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}
