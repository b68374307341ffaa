import type { ComparedRow, Comparison } from '@kiln/client/comparison';
import { Text, Title } from '@mantine/core';
import { useState } from 'react';
import { valueText } from '../../lib/sweep-text.ts';
import { many } from '../../lib/time.ts';
import classes from './compare.module.css';
import { ComparedTable, None } from './compared-table.tsx';

/** The parameters that differ; those that are the same are folded away. */
export function ParametersPanel({ comparison: { subjects, parameters } }: { readonly comparison: Comparison }) {
  const [opened, setOpened] = useState(false);
  const [differing, same] = [true, false].map((wanted) => parameters.filter(({ differs }) => differs === wanted));
  return (
    <section className={`panel ${classes['section']}`} aria-labelledby="parameters">
      <Title order={2} id="parameters">
        Parameters
      </Title>
      {differing && differing.length > 0 ? (
        <ComparedTable label="Parameters that differ" subjects={subjects} rows={differing.map(rowOf)} />
      ) : (
        <Text size="sm">All parameters are the same.</Text>
      )}
      {same && same.length > 0 && (
        <details open={opened} onToggle={(event) => setOpened(event.currentTarget.open)} className={classes['details']}>
          <summary>{many(same.length, 'parameter')} that are the same</summary>
          {opened && <ComparedTable label="Parameters that are the same" subjects={subjects} rows={same.map(rowOf)} />}
        </details>
      )}
    </section>
  );
}

function rowOf({ name, values }: ComparedRow<unknown>) {
  return {
    key: name,
    name,
    cells: values.map((value) => (value === undefined ? <None key={name} /> : <Value key={name} value={value} />)),
  };
}

function Value({ value }: { readonly value: unknown }) {
  return <span className={`mono ${classes['value']}`}>{typeof value === 'string' ? value : valueText(value)}</span>;
}
