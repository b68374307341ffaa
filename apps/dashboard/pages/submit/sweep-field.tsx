import { countPoints, type Sweep } from '@kiln/domain';
import { SegmentedControl, Text } from '@mantine/core';
import type { FieldProps, RJSFSchema } from '@rjsf/utils';
import { useState } from 'react';
import { isSweep } from '../../lib/command-line.ts';
import { many } from '../../lib/time.ts';
import type { FormContext } from './form-context.ts';
import type { Values } from './form-schema.ts';
import classes from './submit.module.css';
import { SweepJson } from './sweep-json.tsx';
import { SweepTable } from './sweep-table.tsx';

/** The sweep: a row for each parameter with its values, or the same as JSON. */
export function SweepField({ schema, formData, onChange, fieldPathId, registry }: FieldProps<Values, RJSFSchema, FormContext>) {
  const [view, setView] = useState('table');
  const { errors, sweepable, onSweepProblem } = registry.formContext;
  const sweep = isSweep(formData) ? formData : {};
  const change = (next: Sweep) => onChange(next, fieldPathId.path);
  const problems = Object.entries(errors).flatMap(([name, message]) => (name === 'sweep' || name.startsWith('sweep.') ? [message] : []));
  return (
    <div id={fieldPathId.$id} tabIndex={-1} role="group" aria-label="Sweep" aria-describedby="sweep-help">
      <div className={classes['sweepHead']}>
        <Text size="xs" c="dimmed" id="sweep-help" style={{ flex: '1 1 240px' }}>
          {schema.description}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label="Edit the sweep as"
          data={[
            { value: 'table', label: 'Table' },
            { value: 'json', label: 'JSON' },
          ]}
          value={view}
          onChange={(next) => {
            setView(next);
            onSweepProblem(null);
          }}
        />
      </div>
      {view === 'table' ? (
        <SweepTable sweep={sweep} sweepable={sweepable} onChange={change} onProblem={onSweepProblem} />
      ) : (
        <SweepJson sweep={sweep} onChange={change} onProblem={onSweepProblem} />
      )}
      {problems.map((message) => (
        <Text key={message} size="xs" c="var(--mantine-color-error)" mt={4} role="alert">
          {message}
        </Text>
      ))}
      <Text size="xs" c="dimmed" mt={6}>
        {Object.keys(sweep).length === 0 ? 'Nothing is swept.' : `${many(countPoints(sweep), 'combination')}, one task each.`}
      </Text>
    </div>
  );
}
