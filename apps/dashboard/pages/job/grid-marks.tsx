import type { GridLayout } from './grid-layout.ts';
import classes from './job.module.css';

/** A frame around a cell. */
export function Mark({
  layout: { pitch, gap, columns },
  place,
  count,
  strong = false,
}: {
  readonly layout: GridLayout;
  readonly place: number;
  readonly count: number;
  readonly strong?: boolean;
}) {
  if (place < 0 || place >= count) return null;
  const side = Math.max(6, pitch - gap) + 4;
  const middle = (pitch - gap) / 2;
  const left = (place % columns) * pitch + middle - side / 2;
  const top = Math.floor(place / columns) * pitch + middle - side / 2;
  return (
    <div aria-hidden="true" className={classes['mark']} style={{ left, top, width: side, height: side, borderWidth: strong ? 2 : 1 }} />
  );
}

/** The name of a cell, below it. */
export function Tip({
  layout: { pitch, columns },
  place,
  width,
  text,
}: {
  readonly layout: GridLayout;
  readonly place: number;
  readonly width: number;
  readonly text: string;
}) {
  const left = Math.min((place % columns) * pitch, Math.max(0, width - 150));
  return (
    <div aria-hidden="true" className={classes['tip']} style={{ left, top: Math.floor(place / columns) * pitch + pitch + 6 }}>
      {text}
    </div>
  );
}
