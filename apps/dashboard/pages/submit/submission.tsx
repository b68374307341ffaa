import { useMutation, useQuery } from '@apollo/client/react';
import { submitMutation } from '@kiln/client/documents';
import { platformsQuery } from '@kiln/client/platform-documents';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Connector, Preset } from '../../lib/documents.ts';
import { Failure } from '../../parts/notice.tsx';
import { checkValues } from './check-values.ts';
import { defaultsOf, type FormSchema, filled, shownForm, submitted, type Values } from './form-schema.ts';
import { JobForm } from './job-form.tsx';
import { PlatformTrouble } from './platform-trouble.tsx';
import { PresetsBar } from './presets-bar.tsx';
import { type FieldProblem, focusField, PreviewPanel } from './preview-panel.tsx';
import { SamePanel } from './same-panel.tsx';
import { useSubmissionKey } from './submission-key.ts';
import classes from './submit.module.css';
import { usePreview } from './use-preview.ts';

interface SubmissionProps {
  readonly connector: Connector;
  readonly form: FormSchema;
  readonly start: Values;
  readonly preset: string | null;
}

export function Submission({ connector: { name }, form, start, preset: startPreset }: SubmissionProps) {
  const navigate = useNavigate();
  const [values, setValues] = useState<Values>(() => filled(form, start));
  const [preset, setPreset] = useState(startPreset);
  const [attempted, setAttempted] = useState(false);
  const [sweepProblem, setSweepProblem] = useState<string | null>(null);
  const [refused, setRefused] = useState<{ of: string; problems: readonly FieldProblem[] } | null>(null);
  const [submit, { loading, error }] = useMutation(submitMutation);

  const platforms = useQuery(platformsQuery, { fetchPolicy: 'cache-and-network' }).data?.platforms ?? [];
  const platform = platforms.find((one) => one.name === values['platform']);
  const shown = useMemo(() => shownForm(form, values), [form, values]);
  const parameters = useMemo(() => submitted(form, values), [form, values]);
  const asked = JSON.stringify(parameters);
  const previewed = usePreview(name, parameters);
  const idempotencyKey = useSubmissionKey(parameters);
  const local = checkValues(shown, values, attempted);
  const told = refused?.of === asked ? refused.problems : previewed.stale ? [] : (previewed.preview?.problems ?? []);
  const problems = allProblems(local, told, sweepProblem);

  const send = async () => {
    setAttempted(true);
    const first = Object.keys(checkValues(shown, values, true))[0] ?? (sweepProblem ? 'sweep' : undefined);
    if (first !== undefined) return focusField([first]);
    // What fails is in `error`, shown below the form.
    const result = await submit({ variables: { input: { connector: name, parameters, idempotencyKey } } }).catch(() => null);
    const answer = result?.data?.submitJob;
    if (answer?.job) return void navigate({ to: '/jobs/$id', params: { id: answer.job.id } });
    if (!answer) return;
    setRefused({ of: asked, problems: answer.problems });
    focusField(answer.problems[0]?.path ?? []);
  };
  const load = (chosen: Preset | null) => {
    setPreset(chosen?.id ?? null);
    setValues(filled(form, chosen?.parameters ?? {}));
    setAttempted(false);
    setSweepProblem(null);
  };
  const sweepable = Object.entries(form.properties).flatMap(([key, property]) => (property['x-section'] === 'domain' ? [key] : []));
  return (
    <>
      <PresetsBar connector={name} selected={preset} parameters={parameters} onLoad={load} />
      <div className={classes['columns']}>
        <JobForm
          form={shown}
          values={values}
          context={{ errors: errorsByField(problems, sweepProblem), sweepable, onSweepProblem: setSweepProblem, platforms, platform }}
          busy={loading}
          onChange={(next) => setValues((known) => ({ ...known, ...next, ...cleared(shown, next) }))}
          onSubmit={() => void send()}
        >
          <PlatformTrouble platform={platform} />
          {error && <Failure error={error} />}
        </JobForm>
        <div className={classes['aside']}>
          <PreviewPanel previewed={previewed} problems={problems} />
          <SamePanel connector={name} parameters={parameters} defaults={defaultsOf(form)} />
        </div>
      </div>
    </>
  );
}

/** Ours first: they are of this very moment; the server's where ours say nothing. */
function allProblems(
  local: Readonly<Record<string, string>>,
  told: readonly FieldProblem[],
  sweep: string | null,
): readonly FieldProblem[] {
  const own: FieldProblem[] = Object.entries(local).map(([name, message]) => ({ path: [name], message }));
  if (sweep !== null) own.push({ path: ['sweep'], message: `Sweep: ${sweep}` });
  return [...own, ...told.filter(({ path }) => !own.some((one) => one.path[0] === path[0]))];
}

/** By field; what a row of the sweep says itself is not said again below it. */
function errorsByField(problems: readonly FieldProblem[], sweep: string | null): Record<string, string> {
  const fields = problems.filter(({ path }) => path.length > 0 && !(path[0] === 'sweep' && sweep !== null));
  return Object.fromEntries(fields.map(({ path, message }) => [path.join('.'), message]));
}

/** Fields that were emptied: the form leaves them out, the values must forget them. */
function cleared(shown: FormSchema, next: Values): Record<string, undefined> {
  return Object.fromEntries(Object.keys(shown.properties).flatMap((name) => (next[name] === undefined ? [[name, undefined]] : [])));
}
