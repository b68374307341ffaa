import { useApolloClient } from '@apollo/client/react';
import { type NumberTable, numbersQuery } from '@kiln/client/outcome-documents';
import { useReread } from '../../../lib/use-reread.ts';

const PAGE = 5000;
/** Tasks that a browser is given to sort and to draw. */
const MOST = 20_000;

interface Numbers {
  readonly tables: readonly NumberTable[];
  /** There are more tasks than are shown. */
  readonly cut: boolean;
}

/** The numbers of an iteration's tasks; read again and again while the job is `live`, and once more when it has ended. */
export function useNumbers(id: string, iteration: number, live: boolean) {
  const client = useApolloClient();
  return useReread(`${id} ${iteration}`, live, async (): Promise<Numbers> => {
    const tables: NumberTable[] = [];
    for (let after = 0, more = true; more && tables.length * PAGE < MOST; ) {
      const variables = { id, iteration, first: PAGE, after };
      const { data } = await client.query({ query: numbersQuery, variables, fetchPolicy: 'no-cache' });
      const table = data?.job?.numbers;
      if (!table) throw new Error(`There is no job ${id}.`);
      tables.push(table);
      after = table.tasks.at(-1) ?? after;
      more = table.more;
    }
    return { tables, cut: tables.at(-1)?.more ?? false };
  });
}
