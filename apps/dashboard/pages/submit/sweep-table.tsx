import type { Sweep } from '@kiln/domain';
import { ActionIcon, Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { number } from '../../lib/time.ts';
import { Icon } from '../../parts/icon.tsx';
import classes from './submit.module.css';
import { type Row, readRows, rowsOf } from './sweep-rows.ts';

interface SweepTableProps {
  readonly sweep: Sweep;
  readonly sweepable: readonly string[];
  onChange(sweep: Sweep): void;
  onProblem(problem: string | null): void;
}

export function SweepTable({ sweep, sweepable, onChange, onProblem }: SweepTableProps) {
  const [rows, setRows] = useState(() => rowsOf(sweep));
  const [told, setTold] = useState(() => JSON.stringify(sweep));
  const given = JSON.stringify(sweep);
  if (given !== told) {
    // Somebody else changed it, as a preset does.
    setTold(given);
    setRows(rowsOf(sweep));
  }
  const { problems } = readRows(rows);
  const change = (next: readonly Row[]) => {
    const read = readRows(next);
    setRows([...next]);
    setTold(JSON.stringify(read.sweep));
    onProblem(Object.values(read.problems)[0] ?? null);
    onChange(read.sweep);
  };
  return (
    <div>
      <datalist id="sweepable">
        {sweepable.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {rows.map((row, index) => (
        <SweepRow
          key={row.key}
          row={row}
          index={index}
          problem={problems[row.key]}
          count={sweep[row.name.trim()]?.length}
          onChange={(next) => change(rows.map((one) => (one.key === row.key ? next : one)))}
          onRemove={() => change(rows.filter((one) => one.key !== row.key))}
        />
      ))}
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<Icon name="plus" />}
        onClick={() => setRows([...rows, { key: Math.max(-1, ...rows.map((row) => row.key)) + 1, name: '', text: '' }])}
      >
        Add parameter
      </Button>
    </div>
  );
}

interface SweepRowProps {
  readonly row: Row;
  readonly index: number;
  readonly problem: string | undefined;
  readonly count: number | undefined;
  onChange(row: Row): void;
  onRemove(): void;
}

function SweepRow({ row, index, problem, count, onChange, onRemove }: SweepRowProps) {
  const which = row.name.trim() || `parameter ${index + 1}`;
  return (
    <div className={classes['sweepRow']}>
      <TextInput
        size="sm"
        aria-label={`Name of swept parameter ${index + 1}`}
        placeholder="name"
        list="sweepable"
        value={row.name}
        onChange={(event) => onChange({ ...row, name: event.currentTarget.value })}
      />
      <TextInput
        size="sm"
        aria-label={`Values of ${which}`}
        placeholder='1, 2, 3 or 1:10 or "text"'
        value={row.text}
        error={problem}
        rightSectionWidth={64}
        rightSection={count !== undefined && <span className={classes['count']}>× {number(count)}</span>}
        classNames={{ input: 'mono' }}
        onChange={(event) => onChange({ ...row, text: event.currentTarget.value })}
      />
      <ActionIcon variant="subtle" color="gray" c="dimmed" size="lg" aria-label={`Remove ${which}`} onClick={onRemove}>
        <Icon name="trash" />
      </ActionIcon>
    </div>
  );
}
