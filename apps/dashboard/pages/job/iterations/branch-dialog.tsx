import { useMutation, useQuery } from '@apollo/client/react';
import { branchMutation } from '@kiln/client/outcome-documents';
import { Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { connectorQuery, type JobPageData } from '../../../lib/documents.ts';
import { Dialog } from '../../../parts/dialog.tsx';
import { Banner, Failure, Loading } from '../../../parts/notice.tsx';
import { checkValues } from '../../submit/check-values.ts';
import { type FormSchema, filled, formOf, shownForm, type Values } from '../../submit/form-schema.ts';
import { JobForm } from '../../submit/job-form.tsx';
import { changedValues } from './changed-values.ts';

interface BranchDialogProps {
  readonly job: JobPageData;
  readonly iteration: number;
  onClose(): void;
}

/** Makes a job that goes on from an iteration of another one, with other parameters. */
export function BranchDialog({ job, iteration, onClose }: BranchDialogProps) {
  const { data, error, refetch } = useQuery(connectorQuery, { variables: { name: job.connector } });
  const form = data?.connector?.form;
  return (
    <Dialog opened onClose={onClose} title={`Branch from iteration ${iteration}`} size="lg">
      <Text size="sm" mb="md">
        A new job goes on from what iteration {iteration} of {job.directory} came to. That job stays as it is.
      </Text>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="the form" />}
      {data && !form && <Banner tone="failed" title="This connector cannot be used at the moment." />}
      {form && <BranchForm job={job} iteration={iteration} form={changeable(formOf(form))} />}
    </Dialog>
  );
}

interface BranchFormProps {
  readonly job: JobPageData;
  readonly iteration: number;
  readonly form: FormSchema;
}

function BranchForm({ job, iteration, form }: BranchFormProps) {
  const navigate = useNavigate();
  const [start] = useState(() => filled(form, { ...job.parameters, maximum_iterations: job.maximumIterations }));
  const [values, setValues] = useState<Values>(start);
  const [told, setTold] = useState<readonly { readonly path: readonly string[]; readonly message: string }[]>([]);
  const [branch, { loading, error }] = useMutation(branchMutation);
  const shown = shownForm(form, values);
  const local = checkValues(shown, values, true);
  const send = async () => {
    if (Object.keys(local).length > 0) return;
    const parameters = changedValues(shown, values, job.parameters);
    // What fails is in `error`, shown below the form.
    const result = await branch({ variables: { id: job.id, iteration, parameters } }).catch(() => null);
    const answer = result?.data?.branchJob;
    if (answer?.job) return void navigate({ to: '/jobs/$id', params: { id: answer.job.id }, search: { tab: 'iterations' } });
    setTold(answer?.problems ?? []);
  };
  const fieldless = told.filter(({ path }) => path[0] === undefined || !(path[0] in shown.properties));
  return (
    <JobForm
      form={shown}
      values={values}
      action="Branch"
      busy={loading}
      context={{
        errors: { ...Object.fromEntries(told.map(({ path, message }) => [path[0] ?? '', message])), ...local },
        ...{ sweepable: [], platforms: [], platform: undefined, onSweepProblem: () => undefined },
      }}
      onChange={(next) => {
        setTold([]);
        setValues(
          Object.fromEntries(
            Object.keys({ ...values, ...shown.properties }).map((name) => [name, name in shown.properties ? next[name] : values[name]]),
          ),
        );
      }}
      onSubmit={() => void send()}
    >
      {fieldless.map(({ message }) => (
        <Banner key={message} tone="failed" title={message} />
      ))}
      {error && <Failure error={error} />}
    </JobForm>
  );
}

/** What makes sense to change between iterations: the connector's own parameters, and how many iterations there may be. */
function changeable(form: FormSchema): FormSchema {
  const kept = Object.entries(form.properties).filter(([name, one]) => one['x-section'] === 'domain' || name === 'maximum_iterations');
  const names = new Set(kept.map(([name]) => name));
  return { ...form, properties: Object.fromEntries(kept), required: (form.required ?? []).filter((name) => names.has(name)) };
}
