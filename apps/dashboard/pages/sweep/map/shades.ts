import { type ColourScale, colourScale } from '../../../parts/chart/colour-scale.ts';
import type { Measure } from '../measures.ts';
import { type Cell, type CellMap, meanOf } from './cells.ts';

export interface Shades {
  readonly scale: ColourScale | null;
  read(cell: Cell): number | null;
}

/** What the cells of a map are coloured by: the mean of the children in each. */
export function shadesOf(map: CellMap, measure: Measure | null): Shades {
  const read = (cell: Cell) => (measure === null ? null : meanOf(cell, measure.read));
  const values = map.rows.flatMap((_, row) =>
    map.columns.flatMap((__, column) => {
      const cell = map.at(column, row);
      return (cell && read(cell)) ?? [];
    }),
  );
  return { scale: colourScale(values), read };
}
