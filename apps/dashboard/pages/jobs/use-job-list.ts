import { useApolloClient } from '@apollo/client/react';
import { jobsQuery } from '@kiln/client/documents';
import { useCallback, useEffect, useRef, useState } from 'react';
import { knowsPosition, onChangedJobs } from '../../lib/changed-jobs.ts';
import { useWhenLive } from '../../lib/use-when-live.ts';
import { type JobList, mergeChanged } from './merge-changed.ts';
import type { JobsSearch } from './search.ts';

const PAGE = 50;

/** The list of jobs under a filter, kept true by what the server tells. */
export function useJobList(search: JobsSearch) {
  const client = useApolloClient();
  const [list, setList] = useState<JobList | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [loadingMore, setLoadingMore] = useState(false);
  const key = JSON.stringify(search);
  const current = useRef(key);

  const load = useCallback(
    async (after: string | null) => {
      // The key was made of a JobsSearch, three lines up.
      const asked = JSON.parse(key) as JobsSearch;
      try {
        const { data } = await client.query({ query: jobsQuery, variables: { ...variablesOf(asked), after }, fetchPolicy: 'no-cache' });
        if (current.current !== key || !data) return;
        const { nodes, pageInfo, totalCount } = data.jobs;
        const page = { endCursor: pageInfo.endCursor, more: pageInfo.hasNextPage, total: totalCount };
        setList((known) => ({
          ...page,
          jobs: after === null || !known ? nodes : [...known.jobs, ...nodes.filter(({ id }) => known.jobs.every((job) => job.id !== id))],
        }));
        setError(null);
      } catch (trouble) {
        if (current.current === key) setError(trouble);
      }
    },
    [client, key],
  );

  useEffect(() => {
    current.current = key;
    void load(null);
  }, [key, load]);

  useEffect(
    () => onChangedJobs((changed) => setList((known) => known && mergeChanged(known, changed, JSON.parse(key) as JobsSearch))),
    [key],
  ); // as above
  useWhenLive(() => {
    if (!knowsPosition()) void load(null);
  });

  const loadMore = async () => {
    if (!list?.more) return;
    setLoadingMore(true);
    await load(list.endCursor);
    setLoadingMore(false);
  };
  return { list, error, loadingMore, loadMore, reload: () => void load(null) };
}

function variablesOf({ status, connector, text, sort }: JobsSearch) {
  return {
    first: PAGE,
    sort: sort ?? ('NEWEST' as const),
    filter: { ...(status && { statuses: [...status] }), ...(connector && { connector }), ...(text && { text }) },
  };
}
