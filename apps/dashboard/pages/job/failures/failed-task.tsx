import { useQuery } from '@apollo/client/react';
import { UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { furtherAdvice } from '../../../lib/advice.ts';
import { type Task, taskQuery } from '../../../lib/documents.ts';
import { many } from '../../../lib/time.ts';
import { Icon } from '../../../parts/icon.tsx';
import { Failure, Loading } from '../../../parts/notice.tsx';
import lists from '../lists.module.css';
import { valuesText } from '../task-row.tsx';
import { AttemptList } from './attempt-list.tsx';
import classes from './failures.module.css';

interface FailedTaskProps {
  readonly jobId: string;
  readonly task: Task;
  readonly opened: boolean;
  onToggle(): void;
}

export function FailedTask({ jobId, task, opened, onToggle }: FailedTaskProps) {
  const region = `failed-${task.number}`;
  return (
    <li>
      <UnstyledButton className={classes['task']} aria-expanded={opened} aria-controls={opened ? region : undefined} onClick={onToggle}>
        <Icon name={opened ? 'down' : 'right'} size={12} />
        <Summary task={task} />
      </UnstyledButton>
      {opened && (
        <div id={region} className={classes['opened']}>
          <Opened jobId={jobId} task={task} />
        </div>
      )}
    </li>
  );
}

const Summary = memo(function Summary({ task }: { readonly task: Task }) {
  const { number, values, failure, node, attempt } = task;
  const advice = furtherAdvice(task);
  return (
    <>
      <strong>Task {number}</strong>
      <span className={`mono ${classes['values']}`} title={valuesText(values)}>
        {valuesText(values)}
      </span>
      <span className={classes['why']}>
        <span className="mono">{failure?.code}</span> {failure?.message}
        {advice !== null && <span className={classes['advice']}>{advice}</span>}
      </span>
      <span className={classes['where']}>
        {node} · {many(attempt, 'attempt')}
      </span>
    </>
  );
});

function Opened({ jobId, task }: { readonly jobId: string; readonly task: Task }) {
  const { data, error, refetch } = useQuery(taskQuery, { variables: { id: jobId, number: task.number }, fetchPolicy: 'no-cache' });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  const whole = data?.job?.task;
  if (!whole) return data ? <p>This job has no task {task.number}.</p> : <Loading what="the attempts" />;
  return (
    <>
      <AttemptList jobId={jobId} task={task.number} attempts={[...whole.attempts, whole]} last={whole.attempt} />
      <Link
        from="/jobs/$id"
        to="."
        search={({ tab: _tab, ...search }) => ({ ...search, task: task.number })}
        resetScroll={false}
        className={lists['link']}
      >
        Whole logs and outputs of task {task.number}
      </Link>
    </>
  );
}
