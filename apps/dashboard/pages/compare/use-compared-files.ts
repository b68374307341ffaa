import { useApolloClient } from '@apollo/client/react';
import { type ComparedFiles, compareFiles, type FileReader } from '@kiln/client/compare-files';
import type { Comparison } from '@kiln/client/comparison';
import { outputsQuery } from '@kiln/client/documents';
import { useCallback, useEffect, useState } from 'react';
import { readBytes } from '../../lib/read-bytes.ts';
import { troubleOf } from '../../lib/trouble.ts';

/** The files of what is compared; read anew when one of them gets on. */
export function useComparedFiles({ subjects }: Comparison) {
  const client = useApolloClient();
  const [found, setFound] = useState<ComparedFiles | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  const key = JSON.stringify(subjects);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the key stands for the subjects, and another try is why they are read again
  useEffect(() => {
    const stopped = new AbortController();
    const reader: FileReader = {
      async list(job, path) {
        stopped.signal.throwIfAborted();
        try {
          const { data } = await client.query({ query: outputsQuery, variables: { id: job, path }, fetchPolicy: 'no-cache' });
          return data?.job?.outputs ?? [];
        } catch (trouble) {
          if (troubleOf(trouble).code === 'NOT_FOUND') return [];
          throw trouble;
        }
      },
      read: (entry, most) => readBytes(entry.url ?? '', most, stopped.signal).then(({ bytes }) => bytes),
    };
    compareFiles(subjects, reader).then(
      (files) => {
        if (stopped.signal.aborted) return;
        setFound(files);
        setError(null);
      },
      (trouble: unknown) => !stopped.signal.aborted && setError(trouble),
    );
    return () => stopped.abort();
  }, [client, key, tries]);
  const retry = useCallback(() => setTries((count) => count + 1), []);
  return { found, error, retry };
}
