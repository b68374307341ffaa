import type { LogChunk } from '../../lib/documents.ts';

/** Characters that a page can show without becoming slow. */
const MOST_SHOWN = 400_000;

export interface LogText {
  readonly text: string;
  /** Where to go on, in bytes. */
  readonly offset: number;
  readonly complete: boolean;
  /** The beginning is no longer in `text`. */
  readonly dropped: boolean;
}

export const EMPTY_LOG: LogText = { text: '', offset: 0, complete: false, dropped: false };

export function appended(log: LogText, chunk: LogChunk): LogText {
  // Seen already: a reconnect may overlap.
  if (chunk.nextOffset < log.offset || (chunk.nextOffset === log.offset && chunk.text !== '')) return log;
  const text = log.text + chunk.text;
  const dropped = text.length > MOST_SHOWN;
  const cut = dropped ? text.indexOf('\n', text.length - MOST_SHOWN / 2) + 1 : 0;
  return { text: dropped ? text.slice(cut) : text, offset: chunk.nextOffset, complete: chunk.complete, dropped: log.dropped || dropped };
}
