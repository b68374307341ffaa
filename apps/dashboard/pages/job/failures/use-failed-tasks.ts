import { useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { failedTasksQuery } from '../../../lib/documents.ts';
import { useThrottled } from '../use-throttled.ts';

const PAGE = 50;

/** Failed tasks page by page, in the order of their numbers. Read again when `changed` differs, unless they are `held`. */
export function useFailedTasks(id: string, iteration: number, changed: string, held: boolean) {
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const [read, setRead] = useState(changed);
  const { data, previousData, loading, error, refetch } = useQuery(failedTasksQuery, {
    variables: { id, iteration, first: PAGE, after: cursors.at(-1) ?? null },
    fetchPolicy: 'no-cache',
    notifyOnNetworkStatusChange: true,
  });
  const refresh = useThrottled(2000, async () => {
    setRead(changed);
    await refetch();
  });
  const stale = read !== changed;
  useEffect(() => {
    if (stale && !held) refresh();
  }, [stale, held, refresh]);

  const list = (data ?? previousData)?.job?.tasks;
  const end = list?.pageInfo.endCursor ?? null;
  return {
    tasks: list?.nodes,
    first: (cursors.length - 1) * PAGE + 1,
    total: list?.totalCount ?? 0,
    stale,
    loading,
    error,
    refresh,
    previous: cursors.length > 1 && !loading ? () => setCursors(cursors.slice(0, -1)) : null,
    next: list?.pageInfo.hasNextPage && end !== null && !loading ? () => setCursors([...cursors, end]) : null,
  };
}
