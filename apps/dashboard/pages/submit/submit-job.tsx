import { useApolloClient, useMutation, useQuery } from '@apollo/client/react';
import { previewMutation, submitMutation } from '@kiln/client/documents';
import { platformsQuery } from '@kiln/client/platform-documents';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { commandLine, graphqlCall } from '../../lib/command-line.ts';
import { Failure } from '../../parts/notice.tsx';
import { checkValues } from './check-values.ts';
import { allProblems, cleared, errorsByField, type FieldProblem } from './field-problems.ts';
import { defaultsOf, shownForm, submitted } from './form-schema.ts';
import { JobForm } from './job-form.tsx';
import { PlatformTrouble } from './platform-trouble.tsx';
import { focusField, PreviewPanel } from './preview-panel.tsx';
import { SamePanel } from './same-panel.tsx';
import { useSubmissionKey } from './submission-key.ts';
import classes from './submit.module.css';
import { ownNames, type SubmitProps } from './submit-props.ts';
import { usePreview } from './use-preview.ts';

/** The form of a single job. */
export function SubmitJob({ connector: { name }, form, values, onChange }: SubmitProps) {
  const navigate = useNavigate();
  const client = useApolloClient();
  const [attempted, setAttempted] = useState(false);
  const [sweepProblem, setSweepProblem] = useState<string | null>(null);
  const [refused, setRefused] = useState<{ of: string; problems: readonly FieldProblem[] } | null>(null);
  const [submit, { loading, error }] = useMutation(submitMutation);

  const platforms = useQuery(platformsQuery, { fetchPolicy: 'cache-and-network' }).data?.platforms ?? [];
  const platform = platforms.find((one) => one.name === values['platform']);
  const shown = useMemo(() => shownForm(form, values), [form, values]);
  const parameters = useMemo(() => submitted(form, values), [form, values]);
  const asked = JSON.stringify(parameters);
  const previewed = usePreview({ connector: name, parameters }, async (input) => {
    const { data } = await client.mutate({ mutation: previewMutation, variables: { input } });
    return data?.previewJob ?? null;
  });
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
  const sweepable = ownNames(form);
  return (
    <div className={classes['columns']}>
      <JobForm
        form={shown}
        values={values}
        context={{ errors: errorsByField(problems, sweepProblem), sweepable, onSweepProblem: setSweepProblem, platforms, platform }}
        busy={loading}
        onChange={(next) => onChange({ ...values, ...next, ...cleared(shown, next) })}
        onSubmit={() => void send()}
      >
        <PlatformTrouble platform={platform} />
        {error && <Failure error={error} />}
      </JobForm>
      <div className={classes['aside']}>
        <PreviewPanel previewed={previewed} problems={problems} />
        <SamePanel command={commandLine(name, parameters, defaultsOf(form))} call={graphqlCall(name, parameters)} />
      </div>
    </div>
  );
}
