import { useApolloClient, useMutation } from '@apollo/client/react';
import { previewSweepMutation, submitSweepMutation } from '@kiln/client/sweep-documents';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { sweepCall, sweepCommandLine } from '../../lib/command-line.ts';
import { Failure } from '../../parts/notice.tsx';
import { AtMostField, atMostOf } from './at-most-field.tsx';
import type { FieldProblem } from './field-problems.ts';
import { defaultsOf, submitted } from './form-schema.ts';
import { JobForm } from './job-form.tsx';
import { NO_OVER, OverEditor } from './over-editor.tsx';
import { PlatformTrouble } from './platform-trouble.tsx';
import { SamePanel } from './same-panel.tsx';
import classes from './submit.module.css';
import type { SubmitProps } from './submit-props.ts';
import { SweepPreviewPanel } from './sweep-preview-panel.tsx';
import { useSubmission } from './use-submission.ts';

/** The form of a sweep: that of a job, and what its jobs differ in. */
export function SubmitSweep({ connector: { name }, form, values, onChange }: SubmitProps) {
  const navigate = useNavigate();
  const client = useApolloClient();
  const [draft, setDraft] = useState(NO_OVER);
  const [atMost, setAtMost] = useState<number | string>('');
  const [submit, { loading, error }] = useMutation(submitSweepMutation);
  const input = useMemo(
    () => ({ connector: name, parameters: submitted(form, values), over: draft.over, atMost: atMostOf(atMost) }),
    [name, form, values, draft, atMost],
  );
  const own: FieldProblem[] = draft.problem === null ? [] : [{ path: ['over'], message: `Sweep of jobs: ${draft.problem}` }];
  const { previewed, problems, told, platform, fields, send } = useSubmission({
    // What is needed may be swept, and only the server knows what is.
    ...{ form, values, onChange, whole: false, own, input },
    async preview(asking) {
      const { data } = await client.mutate({ mutation: previewSweepMutation, variables: { input: asking } });
      return data?.previewSweep ?? null;
    },
    async submit(sending) {
      // What fails is in `error`, shown below the form.
      const answer = (await submit({ variables: { input: sending } }).catch(() => null))?.data?.submitSweep;
      if (answer?.sweep) void navigate({ to: '/sweeps/$id', params: { id: answer.sweep.id } });
      return answer && !answer.sweep ? answer.problems : null;
    },
  });
  const said = (field: string) => told.filter(({ path }) => path[0] === field).map(({ message }) => message);
  return (
    <div className={classes['columns']}>
      <JobForm {...fields} busy={loading} action="Submit sweep" onSubmit={() => void send(false)}>
        <OverEditor sweepable={fields.context.sweepable} errors={said('over')} onChange={setDraft}>
          <AtMostField value={atMost} usual={previewed.preview?.atMost ?? null} errors={said('atMost')} onChange={setAtMost} />
        </OverEditor>
        <PlatformTrouble platform={platform} />
        {error && <Failure error={error} />}
      </JobForm>
      <div className={classes['aside']}>
        <SweepPreviewPanel previewed={previewed} problems={problems} />
        <SamePanel command={sweepCommandLine(input, defaultsOf(form))} call={sweepCall(input)} />
      </div>
    </div>
  );
}
