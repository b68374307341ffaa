import { formatPatch, type StructuredPatch, structuredPatch } from 'diff';

/** Bytes of a file that are compared line by line. */
export const MOST_DIFFED = 256 * 1024;
/** Lines that differ beyond which there is no telling how. */
const MOST_EDITS = 4000;
const TIMEOUT = 3000;

export type TextDiff =
  | { readonly kind: 'same' }
  | { readonly kind: 'binary' }
  /** They differ in too many lines. */
  | { readonly kind: 'unlike' }
  | { readonly kind: 'lines'; readonly patch: StructuredPatch };

export interface DiffedText {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** How two texts differ, line by line. */
export function textDiff(a: DiffedText, b: DiffedText): TextDiff {
  if ([a, b].some(({ bytes }) => bytes.subarray(0, 8000).includes(0))) return { kind: 'binary' };
  const [from, to] = [a, b].map(({ bytes }) => new TextDecoder().decode(bytes));
  if (from === undefined || to === undefined || from === to) return { kind: 'same' };
  const patch = structuredPatch(a.name, b.name, from, to, undefined, undefined, { maxEditLength: MOST_EDITS, timeout: TIMEOUT });
  return patch ? { kind: 'lines', patch } : { kind: 'unlike' };
}

/** As `diff -u` prints it. */
export function unified(patch: StructuredPatch): string {
  return formatPatch(patch);
}
