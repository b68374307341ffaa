import { useApolloClient, useMutation } from '@apollo/client/react';
import { previewMutation, submitMutation } from '@kiln/client/documents';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { commandLine, graphqlCall } from '../../lib/command-line.ts';
import { Failure } from '../../parts/notice.tsx';
import { defaultsOf, submitted } from './form-schema.ts';
import { JobForm } from './job-form.tsx';
import { PlatformTrouble } from './platform-trouble.tsx';
import { PreviewPanel } from './preview-panel.tsx';
import { SamePanel } from './same-panel.tsx';
import classes from './submit.module.css';
import type { SubmitProps } from './submit-props.ts';
import { useSubmission } from './use-submission.ts';

/** The form of a single job. */
export function SubmitJob({ connector: { name }, form, values, onChange }: SubmitProps) {
  const navigate = useNavigate();
  const client = useApolloClient();
  const [attempted, setAttempted] = useState(false);
  const [submit, { loading, error }] = useMutation(submitMutation);
  const parameters = useMemo(() => submitted(form, values), [form, values]);
  const { previewed, problems, platform, fields, send } = useSubmission({
    ...{ form, values, onChange, whole: attempted, input: { connector: name, parameters } },
    async preview(input) {
      const { data } = await client.mutate({ mutation: previewMutation, variables: { input } });
      return data?.previewJob ?? null;
    },
    async submit(input) {
      // What fails is in `error`, shown below the form.
      const answer = (await submit({ variables: { input } }).catch(() => null))?.data?.submitJob;
      if (answer?.job) void navigate({ to: '/jobs/$id', params: { id: answer.job.id } });
      return answer && !answer.job ? answer.problems : null;
    },
  });
  const attempt = () => {
    setAttempted(true);
    void send(true);
  };
  return (
    <div className={classes['columns']}>
      <JobForm {...fields} busy={loading} onSubmit={attempt}>
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
