import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { numberColumns, tableIn } from './delimited.ts';
import { DelimitedPlot } from './delimited-plot.tsx';
import { DelimitedTable } from './delimited-table.tsx';

/** More rows than a plot draws or a table shows. */
const MOST_ROWS = 100_000;

interface DelimitedPreviewProps {
  readonly text: string;
  readonly delimiter: string;
  /** The last row may be the half of one. */
  readonly cut: boolean;
}

/** A table of text, to be read or, if it has numbers, to be looked at. */
export function DelimitedPreview({ text, delimiter, cut }: DelimitedPreviewProps) {
  const table = useMemo(
    () => tableIn(cut ? text.slice(0, text.lastIndexOf('\n') + 1) : text, delimiter, MOST_ROWS),
    [text, delimiter, cut],
  );
  const columns = useMemo(() => numberColumns(table), [table]);
  const [look, setLook] = useState('table');
  return (
    <>
      {columns.length > 0 && (
        <SegmentedControl
          size="xs"
          mb={8}
          aria-label="Show the table as"
          value={look}
          onChange={setLook}
          data={[
            { value: 'table', label: 'Table' },
            { value: 'plot', label: 'Plot' },
          ]}
        />
      )}
      {look === 'plot' && columns.length > 0 ? <DelimitedPlot columns={columns} /> : <DelimitedTable head={table.head} all={table.rows} />}
    </>
  );
}
