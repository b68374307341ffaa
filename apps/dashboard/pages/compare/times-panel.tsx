import type { Comparison } from '@kiln/client/comparison';
import { Title } from '@mantine/core';
import { duration } from '../../lib/time.ts';
import classes from './compare.module.css';
import { ComparedTable } from './compared-table.tsx';

/** How long each was in each stage, as bars on one scale. */
export function TimesPanel({ comparison: { subjects, times } }: { readonly comparison: Comparison }) {
  const longest = Math.max(1, ...times.flatMap(({ values }) => values.map((value) => value ?? 0)));
  return (
    <section className={`panel ${classes['section']}`} aria-labelledby="times">
      <Title order={2} id="times">
        Times
      </Title>
      <ComparedTable
        label="Time in each stage"
        subjects={subjects}
        rows={times.map(({ name, values }) => ({
          key: name,
          name,
          cells: values.map((value) => value !== null && <Bar key={name} value={value} longest={longest} />),
        }))}
      />
    </section>
  );
}

function Bar({ value, longest }: { readonly value: number; readonly longest: number }) {
  return (
    <div className={classes['time']}>
      <span aria-hidden="true" className={classes['bar']} style={{ width: `${Math.max(1, (60 * value) / longest)}%` }} />
      <span>{duration(value)}</span>
    </div>
  );
}
