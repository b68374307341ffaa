import type { ComparedNumber, Comparison } from '@kiln/client/comparison';
import { Text, Title } from '@mantine/core';
import { short } from '../../parts/chart/scale.ts';
import classes from './compare.module.css';
import { ComparedTable, None } from './compared-table.tsx';

/** What each came to, and how that differs from the first. */
export function NumbersPanel({ comparison: { subjects, numbers } }: { readonly comparison: Comparison }) {
  const jobs = subjects.some(({ task }) => task === null);
  return (
    <section className={`panel ${classes['section']}`} aria-labelledby="numbers">
      <Title order={2} id="numbers">
        Numbers
      </Title>
      <ComparedTable label="Numbers of each" subjects={subjects} rows={numbers.map(rowOf)} />
      <Text size="xs" c="dimmed" mt={4}>
        Differences are to {subjects[0]?.name}.{jobs && ' Of a job, each is the mean of its tasks.'}
      </Text>
    </section>
  );
}

function rowOf({ name, title, unit, values, differences }: ComparedNumber) {
  return {
    key: name,
    name: unit === null ? title : `${title} (${unit})`,
    cells: values.map((value, at) => <NumberCell key={name} value={value} difference={at === 0 ? null : (differences[at] ?? null)} />),
  };
}

interface NumberProps {
  readonly value: number | null;
  readonly difference: ComparedNumber['differences'][number];
}

function NumberCell({ value, difference }: NumberProps) {
  if (value === null) return <None word="not found" />;
  return (
    <>
      <span title={String(value)}>{short(value)}</span>
      {difference && <span className={classes['difference']}>{differenceText(difference)}</span>}
    </>
  );
}

function differenceText({ absolute, relative }: { readonly absolute: number; readonly relative: number | null }): string {
  if (absolute === 0) return 'no difference';
  const signed = (value: number) => `${value > 0 ? '+' : ''}${short(value)}`;
  return relative === null ? signed(absolute) : `${signed(absolute)} (${signed(100 * relative)} %)`;
}
