import type { TaskState } from '@kiln/domain';
import { getRouteApi } from '@tanstack/react-router';
import type { JobPageData } from '../../lib/documents.ts';
import { useSelection } from '../../lib/use-selection.ts';
import { CompareBar } from '../../parts/compare.tsx';
import { Empty } from '../../parts/notice.tsx';
import { GoToTask } from './go-to-task.tsx';
import { GridLegend } from './grid-legend.tsx';
import { firstOwn, IterationSelect } from './iteration-select.tsx';
import type { JobFeed } from './job-feed.ts';
import classes from './lists.module.css';
import { TaskGrid } from './task-grid.tsx';
import { TaskPanel } from './task-panel.tsx';
import { TaskTable } from './task-table.tsx';
import { useFeedVersion } from './use-job-feed.ts';

const route = getRouteApi('/jobs/$id');

export function TasksTab({ job, feed }: { readonly job: JobPageData; readonly feed: JobFeed }) {
  const { task, state = [], iteration } = route.useSearch();
  const navigate = route.useNavigate();
  const none = useIsEmpty(feed);
  const selection = useSelection();
  const select = (number: number | null) =>
    void navigate({
      search: ({ task: _task, ...rest }) => (number === null ? rest : { ...rest, task: number }),
      replace: true,
      resetScroll: false,
    });
  const choose = (states: readonly TaskState[]) =>
    void navigate({
      search: ({ state: _state, ...rest }) => (states.length === 0 ? rest : { ...rest, state: states }),
      replace: true,
      resetScroll: false,
    });
  return (
    <>
      <div className={classes['bar']}>
        <GridLegend feed={feed} chosen={state} onChoose={choose} />
        <div className={classes['barEnd']}>
          <IterationSelect job={job} first={firstOwn(job)} />
          <GoToTask onGo={select} />
        </div>
      </div>
      {none ? (
        <Empty title="No tasks yet">They are planned when the job reaches its schedule stage.</Empty>
      ) : (
        <TaskGrid feed={feed} selected={task} onSelect={select} />
      )}
      <CompareBar selection={selection} />
      <div className={classes['split']} data-open={task !== undefined}>
        {!none && (
          <TaskTable
            key={`${state.join()} ${iteration}`}
            job={job}
            feed={feed}
            states={state}
            iteration={iteration}
            selected={task}
            selection={selection}
          />
        )}
        {task !== undefined && <TaskPanel key={task} job={job} number={task} feed={feed} onClose={() => select(null)} />}
      </div>
    </>
  );
}

function useIsEmpty(feed: JobFeed): boolean {
  useFeedVersion(feed);
  return feed.grid.states.length === 0;
}
