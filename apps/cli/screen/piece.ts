import { styleText } from 'node:util';
import { clean } from './clean.ts';

/** What a text says: colours are chosen here and nowhere else. */
export type Meaning = 'good' | 'bad' | 'busy' | 'warning' | 'quiet' | 'strong' | 'plain';

/** Text for a person. Anything may be in `text`: it becomes safe for the terminal where it is written. */
export interface Styled {
  readonly text: string;
  readonly meaning: Meaning;
}
export type Piece = string | Styled;

/** How a stream shows text. */
export interface Look {
  /** It is a terminal: text is made safe for it. */
  readonly terminal: boolean;
  readonly colours: boolean;
}

const FORMATS = {
  good: 'green',
  bad: 'red',
  busy: 'cyan',
  warning: 'yellow',
  quiet: 'dim',
  strong: 'bold',
} as const;

export function styled(meaning: Meaning, text: string): Styled {
  return { text, meaning };
}

export function render(piece: Piece, look: Look): string {
  const { text, meaning } = typeof piece === 'string' ? styled('plain', piece) : piece;
  const safe = look.terminal ? clean(text) : text;
  if (!look.colours || meaning === 'plain' || safe === '') return safe;
  return styleText(FORMATS[meaning], safe, { validateStream: false });
}

const STATUS_MEANINGS: Readonly<Record<string, Meaning>> = {
  succeeded: 'good',
  failed: 'bad',
  cancelled: 'quiet',
  blocked: 'warning',
  waiting: 'quiet',
  active: 'busy',
  running: 'busy',
  lost: 'bad',
  sound: 'good',
  ready: 'good',
  trouble: 'bad',
  checking: 'busy',
  ok: 'good',
  warning: 'warning',
  broken: 'bad',
  inactive: 'quiet',
};

/** A status or state in its colour. */
export function status(text: string): Styled {
  return styled(STATUS_MEANINGS[text] ?? 'plain', text);
}
