import { Button } from '@mantine/core';
import { useState } from 'react';
import type { JobPageData } from '../../../lib/documents.ts';
import { Failure } from '../../../parts/notice.tsx';
import { AskAmount } from './ask-amount.tsx';
import type { RetryChoice } from './retry-choices.ts';
import { useRetryChoices, useRetryWith } from './use-retry-choices.ts';

/** What the failures themselves call for: one click where it is known how much the tasks had. */
export function RetrySuggestions({ job }: { readonly job: JobPageData }) {
  const choices = useRetryChoices(job).filter(({ called }) => called);
  return choices.map((choice) => <Suggestion key={choice.what} jobId={job.id} choice={choice} />);
}

function Suggestion({ jobId, choice }: { readonly jobId: string; readonly choice: RetryChoice }) {
  const { what, amount, parameters } = choice;
  const [asking, setAsking] = useState(false);
  const { loading, error, retryWith } = useRetryWith(jobId);
  return (
    <>
      <Button
        size="compact-sm"
        loading={loading}
        title={`Continues this job with the tasks that did not succeed, with more ${what}.`}
        onClick={() => (amount === null ? setAsking(true) : void retryWith(parameters))}
      >
        {amount === null ? `Retry with more ${what}…` : `Retry with ${what === 'time' ? 'a limit of ' : ''}${amount}`}
      </Button>
      {error && <Failure error={error} />}
      {asking && <AskAmount jobId={jobId} choice={choice} onClose={() => setAsking(false)} />}
    </>
  );
}
