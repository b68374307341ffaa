import { useApolloClient } from '@apollo/client/react';
import { type FoundOutput, foundOutputQuery, type TaskFiles } from '@kiln/client/found-output';
import { useCallback, useEffect, useState } from 'react';

const PAGE = 20;
/** Milliseconds until they are looked for again while the job is live. */
const PAUSE = 4000;

interface Found extends Pick<FoundOutput, 'output' | 'more'> {
  readonly of: string;
  readonly tasks: readonly TaskFiles[];
}

/** Files that are a declared output, of the first tasks of an iteration; looked for again and again while the job is `live`. */
export function useFoundOutput(id: string, name: string, iteration: number, live: boolean) {
  const client = useApolloClient();
  const of = `${name} ${iteration}`;
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [pages, setPages] = useState({ of, count: 1 });
  const [tries, setTries] = useState(0);
  const count = pages.of === of ? pages.count : 1;

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is why it is read again
  useEffect(() => {
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function read(): Promise<Found> {
      const tasks: TaskFiles[] = [];
      for (let after = 0, page = 1; ; page += 1) {
        const variables = { id, name, iteration, first: PAGE, after };
        const { data } = await client.query({ query: foundOutputQuery, variables, fetchPolicy: 'no-cache' });
        const found = data?.job?.foundOutput;
        if (!found) throw new Error(`There is no job ${id}.`);
        tasks.push(...found.tasks);
        after = tasks.at(-1)?.task ?? after;
        if (!found.more || page === count) return { of, tasks, output: found.output, more: found.more };
      }
    }
    async function keepReading(): Promise<void> {
      const [next, trouble] = await read().then(
        (value) => [value, null] as const,
        (reason: unknown) => [null, reason] as const,
      );
      if (!wanted) return;
      if (next) setFound(next);
      setError(trouble);
      if (live) timer = setTimeout(() => void keepReading(), PAUSE);
    }
    void keepReading();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, id, name, iteration, live, count, tries]);
  const retry = useCallback(() => setTries((before) => before + 1), []);
  const showMore = useCallback(() => setPages({ of, count: count + 1 }), [of, count]);
  return { found: found?.of === of ? found : null, error, retry, showMore };
}
