import { NativeSelect, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Child } from './documents.ts';
import { type Measure, ranked } from './measures.ts';
import classes from './numbers.module.css';

/** How many are shown at each end. */
const SHOWN = 3;

interface ExtremesProps {
  readonly jobs: readonly Child[];
  readonly measures: readonly Measure[];
}

/** The jobs at both ends of a number; which of them is the best, only the reader knows. */
export function Extremes({ jobs, measures }: ExtremesProps) {
  const [chosen, setChosen] = useState('');
  const measure = measures.find(({ key }) => key === chosen) ?? measures[0];
  const order = useMemo(() => (measure ? ranked(jobs, measure) : []), [jobs, measure]);
  if (!measure || order.length === 0) return null;
  return (
    <section className={`panel ${classes['extremes']}`} aria-labelledby="extremes">
      <div className={classes['extremesHead']}>
        <Title order={2} id="extremes">
          Smallest and largest
        </Title>
        <NativeSelect
          size="xs"
          aria-label="Number"
          data={measures.map(({ key, title }) => ({ value: key, label: title }))}
          value={measure.key}
          onChange={(event) => setChosen(event.currentTarget.value)}
        />
      </div>
      <div className={classes['ends']}>
        <End title="Smallest" rows={order.slice(0, SHOWN)} measure={measure} />
        <End title="Largest" rows={order.slice(-SHOWN).reverse()} measure={measure} />
      </div>
    </section>
  );
}

interface EndProps {
  readonly title: string;
  readonly rows: ReturnType<typeof ranked>;
  readonly measure: Measure;
}

function End({ title, rows, measure }: EndProps) {
  return (
    <div>
      <h3 className={classes['endTitle']}>{title}</h3>
      <ol className={classes['end']} aria-label={`${title} ${measure.title}`}>
        {rows.map(({ child, value }) => (
          <li key={child.id}>
            <Link to="/jobs/$id" params={{ id: child.id }} className={classes['link']}>
              {child.directory}
            </Link>
            <strong className="tabular" title={String(value)}>
              {measure.text(value)}
            </strong>
            <span className={`mono ${classes['point']}`}>
              {Object.entries(child.point ?? {})
                .map(([name, one]) => `${name}=${one}`)
                .join(' ')}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
