import { stripVTControlCharacters } from 'node:util';

// Control characters but newline and tab, and the marks that change the direction of writing: text from a server must not
// move the cursor, retitle the window or show a name backwards.
export const UNSAFE = /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu;

/** `text` without anything that a terminal obeys, except newline and tab. */
export function clean(text: string): string {
  return stripVTControlCharacters(text).replace(UNSAFE, '');
}

/** `clean` in one line. */
export function cleanLine(text: string): string {
  return clean(text).replace(/[\n\t]+/g, ' ');
}
