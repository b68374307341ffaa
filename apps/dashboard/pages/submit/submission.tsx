import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Connector, Preset } from '../../lib/documents.ts';
import { type FormSchema, filled, submitted, type Values } from './form-schema.ts';
import { PresetsBar } from './presets-bar.tsx';
import { SubmitJob } from './submit-job.tsx';
import { SubmitSweep } from './submit-sweep.tsx';

interface SubmissionProps {
  readonly connector: Connector;
  readonly form: FormSchema;
  readonly start: Values;
  readonly preset: string | null;
}

/** A filled form, submitted as one job or as a sweep of many. */
export function Submission({ connector, form, start, preset: startPreset }: SubmissionProps) {
  const [values, setValues] = useState<Values>(() => filled(form, start));
  const [preset, setPreset] = useState(startPreset);
  const [loads, setLoads] = useState(0);
  const [as, setAs] = useState('job');
  const parameters = useMemo(() => submitted(form, values), [form, values]);
  const load = (chosen: Preset | null) => {
    setPreset(chosen?.id ?? null);
    setValues(filled(form, chosen?.parameters ?? {}));
    setLoads(loads + 1); // what was said of the values before is said no more
  };
  const Submit = as === 'job' ? SubmitJob : SubmitSweep;
  return (
    <>
      <PresetsBar connector={connector.name} selected={preset} parameters={parameters} onLoad={load} />
      <SegmentedControl
        size="sm"
        mb="md"
        aria-label="Submit as"
        data={[
          { value: 'job', label: 'One job' },
          { value: 'sweep', label: 'A sweep of jobs' },
        ]}
        value={as}
        onChange={setAs}
      />
      <Submit key={loads} connector={connector} form={form} values={values} onChange={setValues} />
    </>
  );
}
