import { useApolloClient } from '@apollo/client/react';
import { type Sweep, sweepFields } from '@kiln/client/sweep-documents';
import { useEffect, useState } from 'react';
import { useFollow } from '../../lib/live.ts';
import { type Child, childrenQuery, sweepFollowed } from './documents.ts';

export interface Children {
  readonly children: readonly Child[];
  /** Not all have been read yet. */
  readonly loading: boolean;
  readonly error: unknown;
}

/** The children of a sweep, first all of them and then as they change; the sweep itself changes in the cache. */
export function useChildren({ id, lastSeq }: Sweep): Children {
  const client = useApolloClient();
  const [byId, setById] = useState<ReadonlyMap<string, Child>>(new Map());
  const [state, setState] = useState<{ loading: boolean; error: unknown }>({ loading: true, error: null });
  const [position, setPosition] = useState(lastSeq);
  const take = (jobs: readonly Child[]) => setById((known) => merged(known, jobs));

  useEffect(() => {
    let wanted = true;
    const load = async () => {
      try {
        for (let after: string | null = null; wanted; ) {
          const variables: { id: string; after: string | null } = { id, after };
          const { data } = await client.query({ query: childrenQuery, variables, fetchPolicy: 'no-cache' });
          const page = data?.sweep?.jobs;
          if (!page || !wanted) return;
          setById((known) => merged(known, page.nodes));
          after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
          if (after === null) break;
        }
        if (wanted) setState({ loading: false, error: null });
      } catch (error) {
        if (wanted) setState({ loading: false, error });
      }
    };
    void load();
    return () => {
      wanted = false;
    };
  }, [client, id]);

  useFollow(`sweep ${id}`, sweepFollowed, {
    variables: () => ({ id, after: position }),
    message: ({ sweepChanged: { sweep, jobs, lastSeq: seen } }) => {
      setPosition(seen);
      client.cache.writeFragment({ fragment: sweepFields, fragmentName: 'SweepFields', data: sweep });
      take(jobs);
    },
  });
  return { children: [...byId.values()], ...state };
}

/** What is known, and what is newer. */
function merged(known: ReadonlyMap<string, Child>, jobs: readonly Child[]): ReadonlyMap<string, Child> {
  const next = new Map(known);
  for (const job of jobs) if ((next.get(job.id)?.lastSeq ?? -1) <= job.lastSeq) next.set(job.id, job);
  return next;
}
