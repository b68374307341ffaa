import { NativeSelect } from '@mantine/core';
import { useMemo, useState } from 'react';
import { ScatterChart } from '../../parts/chart/scatter-chart.tsx';
import type { NumberColumn } from './delimited.ts';
import classes from './lists.module.css';

const ROW = 'row';

/** One column of numbers over another, or over the rows. */
export function DelimitedPlot({ columns }: { readonly columns: readonly NumberColumn[] }) {
  const [chosenX, setX] = useState(columns.length > 1 ? '0' : ROW);
  const [chosenY, setY] = useState(columns.length > 1 ? '1' : '0');
  const x = columns[Number(chosenX)]; // none for the rows, nor once the table has changed
  const y = columns[Number(chosenY)] ?? columns[0];
  const dots = useMemo(
    () =>
      (y?.values ?? []).flatMap((up, at) => {
        const across = x ? x.values[at] : at + 1;
        return up === null || across === null || across === undefined ? [] : [{ key: String(at), name: `row ${at + 1}`, x: across, y: up }];
      }),
    [x, y],
  );
  const choices = columns.map(({ name }, at) => ({ value: String(at), label: name }));
  return (
    <>
      <div className={classes['barEnd']}>
        <NativeSelect
          size="xs"
          label="Across"
          value={x ? chosenX : ROW}
          data={[{ value: ROW, label: 'Row' }, ...choices]}
          onChange={(event) => setX(event.currentTarget.value)}
        />
        <NativeSelect
          size="xs"
          label="Up"
          value={y === columns[0] ? '0' : chosenY}
          data={choices}
          onChange={(event) => setY(event.currentTarget.value)}
        />
      </div>
      <ScatterChart dots={dots} across={x?.name ?? 'Row'} up={y?.name ?? ''} what="rows" />
    </>
  );
}
