import { hasEnded } from '@kiln/domain';
import { Button, NativeSelect } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { JobPageData } from '../../../lib/documents.ts';
import { number } from '../../../lib/time.ts';
import { ScatterChart } from '../../../parts/chart/scatter-chart.tsx';
import { Empty, Failure, Loading } from '../../../parts/notice.tsx';
import { firstOwn, IterationSelect } from '../iteration-select.tsx';
import { NumberList } from './number-list.tsx';
import { asNumbers, type NumberSheet, type Order, sheetOf } from './number-rows.ts';
import classes from './numbers.module.css';
import { saveCsv } from './save-csv.ts';
import { useNumbers } from './use-numbers.ts';

const route = getRouteApi('/jobs/$id');

/** What the connector's declared outputs were in each task, as a chart and as a table. */
export function NumbersTab({ job }: { readonly job: JobPageData }) {
  const { iteration = job.iteration } = route.useSearch();
  const { found, error, retry } = useNumbers(job.id, iteration, !hasEnded(job.status));
  const sheet = useMemo(() => (found ? sheetOf(found.tables) : null), [found]);
  if (error !== null) return <Failure error={error} retry={retry} />;
  if (!sheet) return <Loading what="numbers" />;
  const bar = <IterationSelect job={job} first={firstOwn(job)} />;
  if (sheet.rows.length === 0 || sheet.columns.every(({ swept }) => swept)) {
    return (
      <>
        <div className={classes['bar']}>{bar}</div>
        <Empty title="No numbers yet">
          They are read from what a task leaves once its results are home, as `outputs` of the connector say.
        </Empty>
      </>
    );
  }
  return (
    <>
      <div className={classes['bar']}>
        {bar}
        <Button variant="default" size="xs" onClick={() => saveCsv(sheet, `${job.directory}-numbers.csv`)}>
          Save as CSV
        </Button>
      </div>
      <Sheet key={iteration} sheet={sheet} />
      {found?.cut && <p className={classes['dim']}>The first {number(sheet.rows.length)} tasks; `kiln numbers` has them all.</p>}
    </>
  );
}

function Sheet({ sheet }: { readonly sheet: NumberSheet }) {
  const navigate = route.useNavigate();
  const [order, setOrder] = useState<Order>({ column: null, descending: false });
  const drawn = sheet.columns
    .map((column, at) => ({ ...column, key: String(at), values: asNumbers(sheet.rows, at) }))
    .filter(({ values }) => values !== null);
  const outputs = drawn.filter(({ swept }) => !swept);
  const [up, setUp] = useState(outputs[0]?.key ?? '');
  const across = [{ key: '', title: 'Task', values: asNumbers(sheet.rows, null) }, ...drawn];
  const [chosen, setAcross] = useState(drawn.find(({ swept }) => swept)?.key ?? '');
  const x = across.find(({ key }) => key === chosen) ?? across[0];
  const y = outputs.find(({ key }) => key === up) ?? outputs[0];
  const dots = sheet.rows.flatMap(({ task }, at) => {
    const [left, height] = [x?.values?.[at] ?? null, y?.values?.[at] ?? null];
    return left === null || height === null ? [] : [{ key: String(task), name: `Task ${task}`, task, x: left, y: height }];
  });
  const select = ({ task }: { readonly task: number }) => void navigate({ search: ({ tab: _tab, ...rest }) => ({ ...rest, task }) });
  return (
    <>
      {x && y && (
        <div className={`panel ${classes['view']}`}>
          <div className={classes['bar']}>
            <Choice label="Up" value={y.key} choices={outputs} onChoose={setUp} />
            <Choice label="Across" value={x.key} choices={across} onChoose={setAcross} />
          </div>
          <ScatterChart dots={dots} across={x.title} up={y.title} what="tasks" onSelect={select} />
        </div>
      )}
      <div className="panel">
        <NumberList sheet={sheet} order={order} onOrder={setOrder} />
      </div>
    </>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly { readonly key: string; readonly title: string }[];
  onChoose(key: string): void;
}

function Choice({ label, value, choices, onChoose }: ChoiceProps) {
  return (
    <NativeSelect
      label={label}
      size="xs"
      value={value}
      data={choices.map(({ key, title }) => ({ value: key, label: title }))}
      onChange={({ currentTarget }) => onChoose(currentTarget.value)}
    />
  );
}
