import { useApolloClient } from '@apollo/client/react';
import { type NumberTable, numbersQuery } from '@kiln/client/outcome-documents';
import { useCallback, useEffect, useState } from 'react';

const PAGE = 5000;
/** Tasks that a browser is given to sort and to draw. */
const MOST = 20_000;
/** Milliseconds until they are read again while the job is live. */
const PAUSE = 4000;

interface Numbers {
  readonly iteration: number;
  readonly tables: readonly NumberTable[];
  /** There are more tasks than are shown. */
  readonly cut: boolean;
}

/** The numbers of an iteration's tasks; read again and again while the job is `live`, and once more when it has ended. */
export function useNumbers(id: string, iteration: number, live: boolean) {
  const client = useApolloClient();
  const [found, setFound] = useState<Numbers | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is why it is read again
  useEffect(() => {
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function read(): Promise<Numbers> {
      const tables: NumberTable[] = [];
      for (let after = 0, more = true; more && tables.length * PAGE < MOST; ) {
        const { data } = await client.query({
          query: numbersQuery,
          variables: { id, iteration, first: PAGE, after },
          fetchPolicy: 'no-cache',
        });
        const table = data?.job?.numbers;
        if (!table) throw new Error(`There is no job ${id}.`);
        tables.push(table);
        after = table.tasks.at(-1) ?? after;
        more = table.more;
      }
      return { iteration, tables, cut: tables.at(-1)?.more ?? false };
    }
    async function keepReading(): Promise<void> {
      const [numbers, trouble] = await read().then(
        (value) => [value, null] as const,
        (reason: unknown) => [null, reason] as const,
      );
      if (!wanted) return;
      if (numbers) setFound(numbers);
      setError(trouble);
      if (live) timer = setTimeout(() => void keepReading(), PAUSE);
    }
    void keepReading();
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, id, iteration, live, tries]);
  const retry = useCallback(() => setTries((count) => count + 1), []);
  return { found: found?.iteration === iteration ? found : null, error, retry };
}
