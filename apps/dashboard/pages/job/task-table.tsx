import type { TaskState } from '@kiln/domain';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import type { JobPageData } from '../../lib/documents.ts';
import type { Selection } from '../../lib/use-selection.ts';
import { Empty, Failure } from '../../parts/notice.tsx';
import type { JobFeed } from './job-feed.ts';
import classes from './lists.module.css';
import { TaskRow } from './task-row.tsx';
import { useFeedVersion } from './use-job-feed.ts';
import { tasksOf, useTaskList } from './use-task-list.ts';

interface TaskTableProps {
  readonly job: JobPageData;
  readonly feed: JobFeed;
  readonly states: readonly TaskState[];
  readonly iteration: number | undefined;
  readonly selected: number | undefined;
  readonly selection: Selection;
}

const ROW = 36;
const COLUMNS = ['Task', 'State', 'Values', 'Node', 'Exit', 'Duration', 'Remarks'];

/** The tasks in rows. States are as live as the grid; the rest of a row is read again soon after its state changed. */
export function TaskTable({ job, feed, states, iteration, selected, selection }: TaskTableProps) {
  const version = useFeedVersion(feed);
  const { pages, more, loading, error, loadMore, refresh } = useTaskList({ id: job.id, states, iteration });
  const scroller = useRef<HTMLDivElement>(null);
  const all = useMemo(() => tasksOf(pages), [pages]);
  const rows = states.length === 0 ? all : all.filter(({ number, state }) => states.includes(feed.stateOf(number) ?? state));
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 12 });
  const items = virtual.getVirtualItems();
  const end = items.at(-1)?.index ?? 0;

  useEffect(() => {
    if (pages.length > 0 && more && !loading && error === null && end >= rows.length - 20) void loadMore();
  }, [pages.length, more, loading, error, end, rows.length, loadMore]);
  useRefresh({ feed, version, seen: items.map(({ index }) => rows[index]), states, pages, total: job.counts.total, refresh });

  if (rows.length === 0 && !loading && error === null) return <Empty title="No task is in this state" />;
  return (
    <div className={`panel ${classes['tasks']}`}>
      {error !== null && <Failure error={error} retry={() => void loadMore()} />}
      <div
        ref={scroller}
        className={classes['scroller']}
        role="table"
        aria-label="Tasks"
        aria-rowcount={more ? -1 : rows.length + 1}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <div role="row" className={`${classes['taskRow']} ${classes['taskHead']}`}>
          {COLUMNS.map((title) => (
            <span role="columnheader" key={title}>
              {title}
            </span>
          ))}
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map(({ index, start }) => {
            const task = rows[index];
            return (
              task && (
                <TaskRow
                  key={task.number}
                  job={job.id}
                  selection={selection}
                  task={task}
                  state={feed.stateOf(task.number) ?? task.state}
                  top={start}
                  index={index}
                  selected={task.number === selected}
                />
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface RefreshOptions {
  readonly feed: JobFeed;
  readonly version: number;
  readonly seen: readonly ({ readonly number: number; readonly state: TaskState } | undefined)[];
  readonly states: readonly TaskState[];
  readonly pages: ReturnType<typeof useTaskList>['pages'];
  readonly total: number;
  refresh(first: number, count: number): Promise<void>;
}

/** Reads the pages in sight again when what they show has been overtaken: soon, and not more often than each 700 ms. */
function useRefresh({ feed, version, seen, states, pages, total, refresh }: RefreshOptions): void {
  const numbers = seen.flatMap((task) => (task ? [task.number] : []));
  const low = numbers[0] ?? 0;
  const high = numbers.at(-1) ?? 0;
  const overtaken = seen.some((task) => task && feed.stateOf(task.number) !== null && feed.stateOf(task.number) !== task.state);
  const entering = states.length > 0 || pages.every(({ tasks }) => tasks.length === 0);
  const due = overtaken || (entering && pages.length > 0 && version > 0);
  const waiting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef<() => void>(() => undefined);
  latest.current = () => {
    waiting.current = undefined;
    const first = Math.max(
      0,
      pages.findIndex(({ tasks }) => (tasks.at(-1)?.number ?? Number.POSITIVE_INFINITY) >= low),
    );
    const last = pages.findIndex(({ tasks }) => (tasks.at(-1)?.number ?? Number.POSITIVE_INFINITY) >= high);
    void refresh(first, Math.min(2, (last < 0 ? pages.length : last + 1) - first));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version or total is what may make it due
  useEffect(() => {
    if (due && waiting.current === undefined) waiting.current = setTimeout(() => latest.current(), 700);
  }, [due, version, total]);
  useEffect(() => () => clearTimeout(waiting.current), []);
}
