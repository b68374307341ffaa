import { stripVTControlCharacters } from 'node:util';

// Control characters but newline and tab, and the marks that change the direction of writing: text from a server must not
// move the cursor, retitle the window or show a name backwards.
const UNSAFE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** `text` without anything that a terminal obeys, except newline and tab. */
export function clean(text: string): string {
  return stripVTControlCharacters(text).replace(UNSAFE, '');
}

/** `clean` in one line. */
export function cleanLine(text: string): string {
  return clean(text).replace(/[\n\t]+/g, ' ');
}
