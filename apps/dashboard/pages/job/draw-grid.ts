import { CELL_STATES, type Grid, letterOf } from './grid.ts';
import type { GridLayout } from './grid-layout.ts';

export interface Palette {
  readonly fills: readonly string[];
  readonly ground: string;
  readonly ink: string;
}

const VARIABLES = [
  '--kiln-cell-waiting',
  '--kiln-cell-scheduled',
  '--kiln-running',
  '--kiln-cell-succeeded',
  '--kiln-failed',
  '--kiln-cell-cancelled',
];

/** The colours of this moment's scheme. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return { fills: VARIABLES.map(read), ground: read('--kiln-ground'), ink: read('--mantine-color-text') };
}

/** Draws the cells at `places`, or all. */
export function drawCells(
  context: CanvasRenderingContext2D,
  grid: Grid,
  layout: GridLayout,
  palette: Palette,
  places: Iterable<number> | null,
): void {
  const { pitch, gap, columns } = layout;
  const side = pitch - gap;
  context.font = `600 ${Math.round(side * 0.55)}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const place of places ?? grid.states.keys()) {
    const byte = grid.states[place] ?? 0;
    const x = (place % columns) * pitch;
    const y = Math.floor(place / columns) * pitch;
    context.fillStyle = palette.fills[byte] ?? palette.ink;
    context.fillRect(x, y, side, side);
    if (side >= 12) letter(context, palette, byte, x + side / 2, y + side / 2 + 0.5);
  }
}

/** Large cells say their state in a letter too: colour alone says nothing to some. What went well needs no letter. */
function letter(context: CanvasRenderingContext2D, palette: Palette, byte: number, x: number, y: number): void {
  const state = CELL_STATES[byte];
  if (!state || state === 'succeeded') return;
  context.fillStyle = state === 'waiting' || state === 'scheduled' ? palette.ink : palette.ground;
  context.fillText(letterOf(state).toUpperCase(), x, y);
}
