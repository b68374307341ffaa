import { useApolloClient } from '@apollo/client/react';
import { type NumberTable, numbersQuery } from '@kiln/client/outcome-documents';
import { useCallback, useEffect, useState } from 'react';

const PAGE = 5000;
/** Tasks that a browser is given to sort and to draw. */
const MOST = 20_000;

interface Numbers {
  readonly tables: readonly NumberTable[];
  /** There are more tasks than are shown. */
  readonly cut: boolean;
}

/** The numbers of an iteration's tasks; read again when `version` has changed. */
export function useNumbers(id: string, iteration: number, version: string) {
  const client = useApolloClient();
  const [found, setFound] = useState<Numbers | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version, or another try, is why it is read again
  useEffect(() => {
    let wanted = true;
    async function read(): Promise<void> {
      const tables: NumberTable[] = [];
      for (let after = 0, more = true; more && tables.length * PAGE < MOST; ) {
        const { data } = await client.query({
          query: numbersQuery,
          variables: { id, iteration, first: PAGE, after },
          fetchPolicy: 'no-cache',
        });
        const table = data?.job?.numbers;
        if (!table || !wanted) return;
        tables.push(table);
        after = table.tasks.at(-1) ?? after;
        more = table.more;
      }
      setFound({ tables, cut: tables.at(-1)?.more ?? false });
      setError(null);
    }
    read().catch((trouble) => wanted && setError(trouble));
    return () => {
      wanted = false;
    };
  }, [client, id, iteration, version, tries]);
  const retry = useCallback(() => setTries((count) => count + 1), []);
  return { found, error, retry };
}
