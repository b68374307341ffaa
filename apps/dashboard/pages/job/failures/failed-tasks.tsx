import { Button } from '@mantine/core';
import { useState } from 'react';
import type { JobPageData } from '../../../lib/documents.ts';
import { number } from '../../../lib/time.ts';
import { Failure, Loading } from '../../../parts/notice.tsx';
import lists from '../lists.module.css';
import { FailedTask } from './failed-task.tsx';
import classes from './failures.module.css';
import { useFailedTasks } from './use-failed-tasks.ts';

interface FailedTasksProps {
  readonly job: JobPageData;
  readonly iteration: number;
  /** Differs when the list may have. */
  readonly changed: string;
}

/** The failed tasks of an iteration, a page at a time. While one is opened, the list stays as it is until somebody asks. */
export function FailedTasks({ job, iteration, changed }: FailedTasksProps) {
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const { tasks, first, total, stale, loading, error, previous, next, refresh } = useFailedTasks(
    job.id,
    iteration,
    changed,
    opened.size > 0,
  );
  const toggle = (task: number) => {
    const others = new Set(opened);
    if (!others.delete(task)) others.add(task);
    setOpened(others);
  };
  const turn = (page: () => void) => () => {
    setOpened(new Set());
    page();
  };
  if (!tasks) return error ? <Failure error={error} retry={refresh} /> : <Loading what="the failed tasks" />;
  return (
    <>
      {error && <Failure error={error} retry={refresh} />}
      <ul className={`panel ${classes['tasks']}`} aria-label="Failed tasks" aria-busy={loading}>
        {tasks.map((task) => (
          <FailedTask key={task.number} jobId={job.id} task={task} opened={opened.has(task.number)} onToggle={() => toggle(task.number)} />
        ))}
      </ul>
      <div className={lists['bar']}>
        <span className={lists['dim']} role="status">
          {tasks.length === 0 ? 'None is left.' : `${number(first)} to ${number(first + tasks.length - 1)} of ${number(total)}`}
          {stale && ' · the list has changed'}
        </span>
        <div className={lists['barEnd']}>
          <Button size="compact-sm" variant="default" disabled={!stale} loading={stale && loading} onClick={turn(refresh)}>
            Refresh
          </Button>
          <Button size="compact-sm" variant="default" disabled={!previous} onClick={turn(() => previous?.())}>
            Previous
          </Button>
          <Button size="compact-sm" variant="default" disabled={!next} onClick={turn(() => next?.())}>
            Next
          </Button>
        </div>
      </div>
    </>
  );
}
