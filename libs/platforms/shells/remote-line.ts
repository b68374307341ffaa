import { quote, quoteAll } from '@kiln/domain';

/**
 * `argv` as one line for whatever login shell the account has. What POSIX shells, csh and fish read alike inside single
 * quotes is sent as it is; the rest (newlines, `!`, backslashes, quotes, letters beyond ASCII) as octal numbers that `printf` turns back.
 */
export function remoteLine(argv: readonly string[]): string {
  const line = quoteAll(argv);
  const plain = /^[\x20-\x7e]*$/.test(line) && !/[!\\]/.test(line);
  return plain ? `exec ${line}` : `exec sh -c ${quote('eval "exec $(printf %b "$1")"')} sh '${octal(line)}'`;
}

function octal(text: string): string {
  return Array.from(Buffer.from(text), (byte) =>
    /[A-Za-z0-9 _./:=,-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `\\0${byte.toString(8).padStart(3, '0')}`,
  ).join('');
}
