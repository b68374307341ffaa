import { cleanLine } from './clean.ts';
import { type Piece, type Styled, styled } from './piece.ts';
import { cut, widthOf } from './width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** Columns to keep when the terminal is narrow; without it the column is never cut. */
  readonly shrinkTo?: number;
}

const GAP = '  ';

/** Rows under their titles, aligned; with `columns`, cut so that no line is wider. */
export function table(titles: readonly Column[], rows: readonly (readonly Piece[])[], columns?: number): Piece[][] {
  const cells = rows.map((row) => row.map(oneLine));
  const natural = titles.map((title, i) => Math.max(widthOf(title.title), ...cells.map((row) => widthOf(row[i]?.text ?? ''))));
  const widths = columns === undefined ? natural : shrink(titles, natural, columns);
  const header = titles.map(({ title }) => styled('quiet', title));
  return [header, ...cells].map((row) => lineOf(titles, row, widths));
}

function oneLine(piece: Piece): Styled {
  return typeof piece === 'string' ? styled('plain', cleanLine(piece)) : styled(piece.meaning, cleanLine(piece.text));
}

/** Takes what is missing from the widest column that may shrink, then from the next. */
function shrink(titles: readonly Column[], natural: readonly number[], columns: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)) - columns;
  while (excess > 0) {
    const candidates = titles.map((title, i) => (widths[i] ?? 0) - (title.shrinkTo ?? Number.POSITIVE_INFINITY));
    const most = Math.max(...candidates);
    if (most <= 0) break;
    const index = candidates.indexOf(most);
    const next = Math.max(0, ...candidates.filter((_, i) => i !== index));
    const step = Math.min(excess, Math.max(1, most - next));
    widths[index] = (widths[index] ?? 0) - step;
    excess -= step;
  }
  return widths;
}

function lineOf(titles: readonly Column[], row: readonly Styled[], widths: readonly number[]): Piece[] {
  const last = row.length - 1;
  return row.flatMap((cell, i) => {
    const width = widths[i] ?? 0;
    const text = cut(cell.text, width);
    const space = ' '.repeat(Math.max(0, width - widthOf(text)));
    const gap = i === last ? '' : GAP;
    if (titles[i]?.align === 'right') return [space, styled(cell.meaning, text), gap];
    return [styled(cell.meaning, text), i === last ? '' : space + gap];
  });
}
