import { NativeSelect } from '@mantine/core';
import { useMemo } from 'react';
import type { Child } from '../documents.ts';
import type { Measure } from '../measures.ts';
import { distinct } from './axis.ts';
import classes from './map.module.css';

/** Parameters with more values than this cannot be held at one. */
const MOST_CHOICES = 200;

interface Axes {
  readonly x: string;
  readonly y: string;
}

interface MapChoicesProps {
  readonly jobs: readonly Child[];
  readonly names: readonly string[];
  readonly axes: Axes;
  onAxes(axes: Axes): void;
  readonly measures: readonly Measure[];
  /** `state`, or the key of a measure. */
  readonly by: string;
  onBy(by: string): void;
  readonly fixed: Readonly<Record<string, string>>;
  onFix(fixed: Readonly<Record<string, string>>): void;
}

/** What a map shows. */
export function MapChoices({ jobs, names, axes, onAxes, measures, by, onBy, fixed, onFix }: MapChoicesProps) {
  const { x, y } = axes;
  const others = names.filter((name) => name !== x && name !== y);
  return (
    <div className={classes['choices']}>
      <Choice label="Across" value={x} data={names} onChange={(name) => onAxes({ y, x: name })} />
      <Choice label="Down" value={y} data={names} onChange={(name) => onAxes({ x, y: name })} />
      <NativeSelect
        size="xs"
        label="Colour by"
        data={[{ value: 'state', label: 'State' }, ...measures.map(({ key, title }) => ({ value: key, label: title }))]}
        value={by}
        onChange={(event) => onBy(event.currentTarget.value)}
      />
      {others.map((name) => (
        <Fixed key={name} jobs={jobs} name={name} value={fixed[name]} onChange={(value) => onFix(withValue(fixed, name, value))} />
      ))}
    </div>
  );
}

interface FixedProps {
  readonly jobs: readonly Child[];
  readonly name: string;
  readonly value: string | undefined;
  onChange(value: string): void;
}

/** A parameter that is no axis: one of its values, or the mean over all. */
function Fixed({ jobs, name, value, onChange }: FixedProps) {
  const values = useMemo(() => distinct(jobs.map(({ point }) => point?.[name])), [jobs, name]);
  if (values.length > MOST_CHOICES) return null;
  return (
    <NativeSelect
      size="xs"
      label={name}
      data={[{ value: '', label: 'all, their mean' }, ...values.map((one) => ({ value: `=${one}`, label: one }))]}
      value={value === undefined ? '' : `=${value}`}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** With `=` before a value, so that an empty text is a value, too. */
function withValue(fixed: Readonly<Record<string, string>>, name: string, value: string): Readonly<Record<string, string>> {
  const { [name]: _before, ...rest } = fixed;
  return value === '' ? rest : { ...rest, [name]: value.slice(1) };
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly data: readonly string[];
  onChange(value: string): void;
}

function Choice({ label, value, data, onChange }: ChoiceProps) {
  return <NativeSelect size="xs" label={label} data={[...data]} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
}
