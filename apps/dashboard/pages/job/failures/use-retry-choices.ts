import { useMutation, useQuery } from '@apollo/client/react';
import { retryMutation } from '@kiln/client/documents';
import { platformQuery } from '@kiln/client/platform-documents';
import type { Resources } from '@kiln/domain';
import type { JobPageData } from '../../../lib/documents.ts';
import { type RetryChoice, retryChoices } from './retry-choices.ts';

/** Whether its failed tasks may be tried again by hand. */
export function isRetryable({ status }: Pick<JobPageData, 'status'>): boolean {
  return status === 'failed' || status === 'cancelled';
}

/** What the job's failed tasks may be given more of. */
export function useRetryChoices(job: JobPageData): readonly RetryChoice[] {
  const wanted = isRetryable(job) && job.counts.failed > 0;
  const { data } = useQuery(platformQuery, { variables: { name: job.platform }, skip: !wanted });
  if (!wanted || (!data?.platform && !job.platform.includes(' '))) return [];
  const platform = data?.platform;
  // The shape is the API's contract.
  return retryChoices(job, platform ? { kind: platform.kind, resources: platform.settings.resources as Resources } : undefined);
}

export function useRetryWith(id: string) {
  const [retry, { loading, error }] = useMutation(retryMutation);
  return {
    loading,
    error,
    // What fails is in `error`.
    retryWith: (parameters: Readonly<Record<string, string>>) =>
      retry({ variables: { id, scope: 'FAILED', parameters } }).catch(() => null),
  };
}
