import { useApolloClient } from '@apollo/client/react';
import { comparedQuery } from '@kiln/client/compare-documents';
import { type Comparison, compared, subjectRef } from '@kiln/client/comparison';
import { JOB_STATUSES, TASK_STATES } from '@kiln/domain';
import { useCallback, useEffect, useState } from 'react';

/** Milliseconds until it is read again while one of them is live. */
const PAUSE = 4000;
const ENDED: readonly string[] = [...JOB_STATUSES, ...TASK_STATES].filter((word) => ['succeeded', 'failed', 'cancelled'].includes(word));

/** Jobs and tasks side by side; read again and again while one of them is live. */
export function useComparison(refs: readonly string[]) {
  const client = useApolloClient();
  const [found, setFound] = useState<{ readonly of: string; readonly comparison: Comparison } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  const key = refs.join(',');

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is why it is read again
  useEffect(() => {
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function read(): Promise<Comparison> {
      const jobs = key.split(',').map(async (text) => {
        const ref = subjectRef(text);
        const variables = { id: ref.job, task: ref.task ?? 0, ofTask: ref.task !== null };
        const { data } = await client.query({ query: comparedQuery, variables, fetchPolicy: 'no-cache' });
        if (!data?.job) throw new Error(`There is no job ${ref.job}.`);
        return { ref, job: data.job };
      });
      return compared(await Promise.all(jobs), Date.now());
    }
    async function keepReading(): Promise<void> {
      const [comparison, trouble] = await read().then(
        (value) => [value, null] as const,
        (reason: unknown) => [null, reason] as const,
      );
      if (!wanted) return;
      if (comparison) setFound({ of: key, comparison });
      setError(trouble);
      if (comparison?.subjects.some(({ status }) => !ENDED.includes(status))) timer = setTimeout(() => void keepReading(), PAUSE);
    }
    if (key !== '') void keepReading();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, key, tries]);
  const retry = useCallback(() => setTries((count) => count + 1), []);
  return { comparison: found?.of === key ? found.comparison : null, error, retry };
}
