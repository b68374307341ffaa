import { useMutation } from '@apollo/client/react';
import { crateOf } from '@kiln/client/crate';
import { cancelMutation, retryMutation } from '@kiln/client/documents';
import { hasEnded } from '@kiln/domain';
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { JobPageData } from '../../lib/documents.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Failure } from '../../parts/notice.tsx';
import { RetryMenu } from './failures/retry-menu.tsx';
import { isRetryable } from './failures/use-retry-choices.ts';

export function JobActions({ job }: { readonly job: JobPageData }) {
  const navigate = useNavigate();
  const [asked, setAsked] = useState(false);
  const [cancel, cancelling] = useMutation(cancelMutation);
  const [retry, retrying] = useMutation(retryMutation);
  const over = hasEnded(job.status);
  const error = cancelling.error ?? retrying.error;

  // What fails is in the mutations' errors, shown below.
  const confirm = async () => {
    setAsked(false);
    await cancel({ variables: { id: job.id } }).catch(() => undefined);
  };
  const again = async (scope: 'ALL' | 'FAILED') => {
    const result = await retry({ variables: { id: job.id, scope } }).catch(() => null);
    const id = result?.data?.retryJob.id;
    if (id !== undefined && id !== job.id) await navigate({ to: '/jobs/$id', params: { id } });
  };
  return (
    <>
      {!over && job.ending === null && (
        <Button size="sm" variant="default" onClick={() => setAsked(true)} loading={cancelling.loading}>
          Cancel job
        </Button>
      )}
      {isRetryable(job) && (
        <Button.Group>
          <Button
            size="sm"
            onClick={() => void again('FAILED')}
            loading={retrying.loading}
            title="Continues this job with the tasks that did not succeed."
          >
            Retry failed
          </Button>
          <RetryMenu job={job} />
        </Button.Group>
      )}
      {over && (
        <Button
          size="sm"
          variant="default"
          onClick={() => void again('ALL')}
          loading={retrying.loading}
          title="A new job with the same parameters and version."
        >
          Run again
        </Button>
      )}
      <Button size="sm" variant="default" component={Link} to={`/connectors/${job.connector}?from=${job.id}`}>
        Use as new submission
      </Button>
      <Button
        size="sm"
        variant="default"
        component="a"
        href={crateOf(job.id).url}
        download
        leftSection={<Icon name="download" />}
        title="An RO-Crate of this job: its program, what it ran with, what came of it, and a run.sh that runs it without Kiln."
      >
        Export
      </Button>
      {error && <Failure error={error} />}
      <Confirm
        opened={asked}
        title={`Cancel ${job.directory}?`}
        action="Cancel the job"
        onConfirm={() => void confirm()}
        onClose={() => setAsked(false)}
      >
        Its running tasks are stopped and what it rented is given back. What has come home stays. You can retry the rest later.
      </Confirm>
    </>
  );
}
