import type { TaskState } from '@kiln/domain';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { Task } from '../../lib/documents.ts';
import type { Selection } from '../../lib/use-selection.ts';
import { Elapsed } from '../../parts/ago.tsx';
import { CompareBox } from '../../parts/compare.tsx';
import { TaskStateLabel } from '../../parts/status.tsx';
import { AgainIn } from './failures/again-in.tsx';
import classes from './lists.module.css';

interface TaskRowProps {
  readonly job: string;
  readonly task: Task;
  /** As the grid knows it, which is earlier. */
  readonly state: TaskState;
  readonly top: number;
  readonly index: number;
  readonly selected: boolean;
  readonly selection: Selection;
}

export const TaskRow = memo(function TaskRow({ job, task, state, top, index, selected, selection }: TaskRowProps) {
  const { number, values, node, exitCode, startedAt, endedAt, failure, attempt, notBefore } = task;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      className={classes['taskRow']}
      data-selected={selected}
      style={{ position: 'absolute', top, insetInline: 0 }}
    >
      <span role="cell" className={classes['taskFirst']}>
        <CompareBox selection={selection} subject={`${job}.${number}`} name={`task ${number}`} />
        <Link
          from="/jobs/$id"
          to="."
          search={(search) => ({ ...search, task: number })}
          replace
          resetScroll={false}
          className={classes['taskLink']}
          aria-label={`Task ${number}`}
        >
          {number}
        </Link>
      </span>
      <span role="cell">
        <TaskStateLabel state={state} />
      </span>
      <span role="cell" className="mono" title={valuesText(values)} style={{ fontSize: 12 }}>
        {valuesText(values)}
      </span>
      <span role="cell">{node}</span>
      <span role="cell" className="tabular">
        {exitCode ?? ''}
      </span>
      <span role="cell">
        {startedAt !== null && (endedAt !== null || state === 'running') && <Elapsed from={startedAt} to={endedAt} />}
      </span>
      <span role="cell" title={failure?.message}>
        {state === 'waiting' && notBefore !== null ? <AgainIn notBefore={notBefore} /> : failure?.message}
        {attempt > 1 && <span className={classes['attempt']}> attempt {attempt}</span>}
      </span>
    </div>
  );
});

export function valuesText(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}
