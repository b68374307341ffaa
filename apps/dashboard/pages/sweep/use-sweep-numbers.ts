import { useApolloClient } from '@apollo/client/react';
import { type NumberOf, type SweepNumberTable, sweepNumbersQuery } from '@kiln/client/sweep-documents';
import { useEffect, useEffectEvent, useState } from 'react';

const PAGE = 5000;
/** Milliseconds from one look to the next. */
const PAUSE = 1000;
const PAUSE_IN_TROUBLE = 5000;

export interface SweepNumbers {
  readonly columns: readonly { readonly name: string; readonly title: string; readonly unit: string | null }[];
  /** What was found, by job and name. */
  readonly byJob: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

const NONE: SweepNumbers = { columns: [], byJob: new Map() };

/**
 * The numbers of all children: first of all, then of those that have changed. `lastSeq` is the newest event that is known of. What was known
 * stays until it is read in another way.
 */
export function useSweepNumbers(id: string, of: NumberOf, lastSeq: number): { readonly numbers: SweepNumbers; readonly error: unknown } {
  const client = useApolloClient();
  const [found, setFound] = useState(NONE);
  const [error, setError] = useState<unknown>(null);
  const newest = useEffectEvent(() => lastSeq);
  useEffect(() => {
    const stopped = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let read = -1;
    let numbers = NONE;
    async function changedSince(since: number): Promise<void> {
      for (let after: string | null = null; ; ) {
        const variables: { id: string; of: NumberOf; since: number; first: number; after: string | null } = {
          id,
          of,
          since,
          first: PAGE,
          after,
        };
        const { data } = await client.query({ query: sweepNumbersQuery, variables, fetchPolicy: 'no-cache' });
        const table = data?.sweep?.numbers;
        if (!table) throw new Error(`There is no sweep ${id}.`);
        numbers = merged(numbers, table);
        if (!table.more) return;
        after = table.jobs.at(-1) ?? null;
      }
    }
    async function look(): Promise<void> {
      const upTo = newest();
      let trouble: unknown = null;
      try {
        if (upTo > read) {
          await changedSince(Math.max(0, read));
          read = upTo;
          if (!stopped.signal.aborted) setFound(numbers);
        }
      } catch (reason) {
        trouble = reason;
      }
      if (stopped.signal.aborted) return;
      setError(trouble);
      timer = setTimeout(() => void look(), trouble === null ? PAUSE : PAUSE_IN_TROUBLE);
    }
    void look();
    return () => {
      stopped.abort();
      clearTimeout(timer);
    };
  }, [client, id, of]);
  return { numbers: found, error };
}

/** What is known, and what is newer. */
function merged({ columns, byJob }: SweepNumbers, { jobs, numbers }: SweepNumberTable): SweepNumbers {
  const next = new Map(byJob);
  jobs.forEach((job, at) => {
    next.set(job, new Map(numbers.flatMap(({ name, values }) => (typeof values[at] === 'number' ? [[name, values[at]] as const] : []))));
  });
  const others = numbers.filter(({ name }) => !columns.some((column) => column.name === name));
  return { columns: [...columns, ...others.map(({ name, title, unit }) => ({ name, title, unit }))], byJob: next };
}
