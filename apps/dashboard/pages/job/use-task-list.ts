import { useApolloClient } from '@apollo/client/react';
import { tasksQuery } from '@kiln/client/documents';
import type { TaskState } from '@kiln/domain';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Task } from '../../lib/documents.ts';

const PAGE = 250;

interface TaskPage {
  readonly after: string | null;
  readonly end: string | null;
  readonly more: boolean;
  readonly tasks: readonly Task[];
}

interface Wanted {
  readonly id: string;
  readonly states: readonly TaskState[];
  readonly iteration: number | undefined;
}

/** The tasks of a job page by page, and a way to read again the pages that came into sight. */
export function useTaskList({ id, states, iteration }: Wanted) {
  const client = useApolloClient();
  const [pages, setPages] = useState<readonly TaskPage[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [loading, setLoading] = useState(false);
  const busy = useRef(false);
  const stateKey = states.join();

  const read = useCallback(
    async (after: string | null): Promise<TaskPage | null> => {
      const wanted = stateKey === '' ? null : (stateKey.split(',') as TaskState[]); // joined from such a list above
      const { data } = await client.query({
        query: tasksQuery,
        variables: { id, states: wanted, iteration: iteration ?? null, first: PAGE, after },
        fetchPolicy: 'no-cache',
      });
      const list = data?.job?.tasks;
      return list ? { after, end: list.pageInfo.endCursor, more: list.pageInfo.hasNextPage, tasks: list.nodes } : null;
    },
    [client, id, stateKey, iteration],
  );

  /** One at a time; a failure is shown and tried again by whoever asks next. */
  const alone = useCallback(async (work: () => Promise<void>) => {
    if (busy.current) return;
    busy.current = true;
    setLoading(true);
    try {
      await work();
      setError(null);
    } catch (trouble) {
      setError(trouble);
    } finally {
      busy.current = false;
      setLoading(false);
    }
  }, []);

  const last = pages.at(-1);
  const more = !last || last.more;
  const loadMore = useCallback(
    () =>
      alone(async () => {
        const page = await read(last?.end ?? null);
        if (page) setPages((known) => [...known, page]);
      }),
    [alone, read, last?.end],
  );
  const refresh = useCallback(
    (first: number, count: number) =>
      alone(async () => {
        const stale = pages.slice(first, first + count);
        const fresh = await Promise.all(stale.map(({ after }) => read(after)));
        setPages((known) => known.map((page) => fresh.find((one) => one?.after === page.after) ?? page));
      }),
    [alone, read, pages],
  );
  useEffect(() => {
    if (pages.length === 0 && error === null) void loadMore();
  }, [pages.length, error, loadMore]);
  return { pages, more, loading, error, loadMore, refresh };
}

/** The pages as one list; a task that is on two of them, because one was read later, stands once. */
export function tasksOf(pages: readonly TaskPage[]): Task[] {
  const byNumber = new Map<number, Task>();
  for (const page of pages) for (const task of page.tasks) byNumber.set(task.number, task);
  return [...byNumber.values()].sort((a, b) => a.number - b.number);
}
