export interface GridLayout {
  /** Pixels from one cell to the next; the gap is within. */
  readonly pitch: number;
  readonly gap: number;
  readonly columns: number;
  readonly rows: number;
}

const PITCHES = [30, 26, 22, 18, 16, 14, 12, 10, 8, 7, 6, 5, 4, 3, 2];

/** The largest cells with which `count` tasks fit into `width` and about `height`; the smallest ones may be higher. */
export function layOut(count: number, width: number, height: number): GridLayout {
  const fit = (pitch: number) => {
    const columns = Math.max(1, Math.floor(width / pitch));
    return { columns, rows: Math.ceil(count / columns) };
  };
  const pitch = PITCHES.find((one) => fit(one).rows * one <= height) ?? 2;
  return { pitch, gap: pitch >= 10 ? 2 : pitch >= 4 ? 1 : 0, ...fit(pitch) };
}

/** The place of the cell at a point, or null beside the cells. */
export function placeAt({ pitch, columns }: GridLayout, count: number, x: number, y: number): number | null {
  const column = Math.floor(x / pitch);
  const place = Math.floor(y / pitch) * columns + column;
  return column < 0 || column >= columns || place < 0 || place >= count ? null : place;
}

/** Where a key leads from a place; null if it does not move. */
export function moved(key: string, place: number, count: number, columns: number): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: place - 1,
    ArrowRight: place + 1,
    ArrowUp: place - columns,
    ArrowDown: place + columns,
    PageUp: place - columns * 10,
    PageDown: place + columns * 10,
    Home: 0,
    End: count - 1,
  };
  const next = steps[key];
  return next === undefined ? null : Math.min(count - 1, Math.max(0, next));
}
