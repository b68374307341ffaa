import { useApolloClient, useMutation, useQuery } from '@apollo/client/react';
import { platformsQuery } from '@kiln/client/platform-documents';
import { previewSweepMutation, submitSweepMutation } from '@kiln/client/sweep-documents';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { sweepCall, sweepCommandLine } from '../../lib/command-line.ts';
import { Failure } from '../../parts/notice.tsx';
import { checkValues } from './check-values.ts';
import { allProblems, cleared, errorsByField, type FieldProblem } from './field-problems.ts';
import { defaultsOf, shownForm, submitted } from './form-schema.ts';
import { JobForm } from './job-form.tsx';
import { NO_OVER, OverEditor } from './over-editor.tsx';
import { PlatformTrouble } from './platform-trouble.tsx';
import { focusField } from './preview-panel.tsx';
import { SamePanel } from './same-panel.tsx';
import { useSubmissionKey } from './submission-key.ts';
import classes from './submit.module.css';
import { ownNames, type SubmitProps } from './submit-props.ts';
import { SweepPreviewPanel } from './sweep-preview-panel.tsx';
import { usePreview } from './use-preview.ts';

/** The form of a sweep: that of a job, and what its jobs differ in. */
export function SubmitSweep({ connector: { name }, form, values, onChange }: SubmitProps) {
  const navigate = useNavigate();
  const client = useApolloClient();
  const [draft, setDraft] = useState(NO_OVER);
  const [sweepProblem, setSweepProblem] = useState<string | null>(null);
  const [refused, setRefused] = useState<{ of: string; problems: readonly FieldProblem[] } | null>(null);
  const [submit, { loading, error }] = useMutation(submitSweepMutation);

  const platforms = useQuery(platformsQuery, { fetchPolicy: 'cache-and-network' }).data?.platforms ?? [];
  const platform = platforms.find((one) => one.name === values['platform']);
  const shown = useMemo(() => shownForm(form, values), [form, values]);
  const input = useMemo(() => ({ connector: name, parameters: submitted(form, values), over: draft.over }), [name, form, values, draft]);
  const asked = JSON.stringify(input);
  const previewed = usePreview(input, async (asking) => {
    const { data } = await client.mutate({ mutation: previewSweepMutation, variables: { input: asking } });
    return data?.previewSweep ?? null;
  });
  const idempotencyKey = useSubmissionKey(input);
  // What is needed may be swept, and only the server knows what is.
  const local = checkValues(shown, values, false);
  const told = refused?.of === asked ? refused.problems : previewed.stale ? [] : (previewed.preview?.problems ?? []);
  const over: FieldProblem[] = draft.problem === null ? [] : [{ path: ['over'], message: `Sweep of jobs: ${draft.problem}` }];
  const problems = [...over, ...allProblems(local, told, sweepProblem)];

  const send = async () => {
    const first = Object.keys(local)[0] ?? (sweepProblem ? 'sweep' : draft.problem ? 'over' : undefined);
    if (first !== undefined) return focusField([first]);
    // What fails is in `error`, shown below the form.
    const result = await submit({ variables: { input: { ...input, idempotencyKey } } }).catch(() => null);
    const answer = result?.data?.submitSweep;
    if (answer?.sweep) return void navigate({ to: '/sweeps/$id', params: { id: answer.sweep.id } });
    if (!answer) return;
    setRefused({ of: asked, problems: answer.problems });
    focusField(answer.problems[0]?.path ?? []);
  };
  const errors = errorsByField(problems, sweepProblem);
  const sweepable = ownNames(form);
  return (
    <div className={classes['columns']}>
      <JobForm
        form={shown}
        values={values}
        context={{ errors, sweepable, onSweepProblem: setSweepProblem, platforms, platform }}
        busy={loading}
        action="Submit sweep"
        onChange={(next) => onChange({ ...values, ...next, ...cleared(shown, next) })}
        onSubmit={() => void send()}
      >
        <OverEditor
          sweepable={sweepable}
          errors={told.filter(({ path }) => path[0] === 'over').map(({ message }) => message)}
          onChange={setDraft}
        />
        <PlatformTrouble platform={platform} />
        {error && <Failure error={error} />}
      </JobForm>
      <div className={classes['aside']}>
        <SweepPreviewPanel previewed={previewed} problems={problems} />
        <SamePanel
          command={sweepCommandLine(name, draft.over, input.parameters, defaultsOf(form))}
          call={sweepCall(name, draft.over, input.parameters)}
        />
      </div>
    </div>
  );
}
