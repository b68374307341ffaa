import { useApolloClient } from '@apollo/client/react';
import { type SweepTaskNumbers, taskNumbersQuery } from '@kiln/client/sweep-documents';
import { useEffect, useEffectEvent, useState } from 'react';

const PAGE = 5000;
/** Tasks that a browser is given to draw. */
const MOST = 20_000;
/** Milliseconds from one look to the next. */
const PAUSE = 1000;

export interface TaskNumber {
  readonly job: string;
  readonly task: number;
  readonly value: number;
}

interface Found {
  readonly of: string;
  readonly rows: readonly TaskNumber[];
  /** There are more than are drawn. */
  readonly cut: boolean;
}

/** What one output was in each task of each child; none while `name` is null. Read again when `version` changes. */
export function useTaskNumbers(
  id: string,
  name: string | null,
  version: object,
): { readonly found: Found | null; readonly error: unknown } {
  const client = useApolloClient();
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState<unknown>(null);
  const newest = useEffectEvent(() => version);
  useEffect(() => {
    if (name === null) return undefined;
    let wanted = true;
    let seen: object | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    async function read(output: string): Promise<Found> {
      const rows: TaskNumber[] = [];
      for (let more = true; wanted && more && rows.length < MOST; ) {
        const last = rows.at(-1);
        const variables = { id, name: output, first: PAGE, afterJob: last?.job ?? null, afterTask: last?.task ?? 0 };
        const { data } = await client.query({ query: taskNumbersQuery, variables, fetchPolicy: 'no-cache' });
        const table: SweepTaskNumbers | undefined = data?.sweep?.taskNumbers;
        if (!table) throw new Error(`There is no sweep ${id}.`);
        rows.push(...table.jobs.map((job, at) => ({ job, task: table.tasks[at] ?? 0, value: table.values[at] ?? Number.NaN })));
        more = table.more;
      }
      return { of: output, rows, cut: rows.length >= MOST };
    }
    async function look(output: string): Promise<void> {
      const now = newest();
      if (now !== seen) {
        const [value, trouble] = await read(output).then(
          (rows) => [rows, null] as const,
          (reason: unknown) => [null, reason] as const,
        );
        if (!wanted) return;
        if (value) setFound(value);
        if (value) seen = now;
        setError(trouble);
      }
      timer = setTimeout(() => void look(output), PAUSE);
    }
    void look(name);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [client, id, name]);
  return { found: found?.of === name ? found : null, error };
}
