import { useQuery } from '@apollo/client/react';
import { Anchor, CloseButton, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { furtherAdvice } from '../../lib/advice.ts';
import { type JobPageData, taskQuery, type WholeTask } from '../../lib/documents.ts';
import { Ago, Elapsed } from '../../parts/ago.tsx';
import { Fact } from '../../parts/fact.tsx';
import { Banner, Failure, Loading } from '../../parts/notice.tsx';
import { TaskStateLabel } from '../../parts/status.tsx';
import { AgainIn } from './failures/again-in.tsx';
import { AttemptList } from './failures/attempt-list.tsx';
import type { JobFeed } from './job-feed.ts';
import classes from './lists.module.css';
import { TaskLog } from './task-log.tsx';
import { useFeedVersion } from './use-job-feed.ts';

interface TaskPanelProps {
  readonly job: JobPageData;
  readonly number: number;
  readonly feed: JobFeed;
  onClose(): void;
}

/** Everything about one task. */
export function TaskPanel({ job, number, feed, onClose }: TaskPanelProps) {
  useFeedVersion(feed);
  const live = feed.stateOf(number);
  const { data, error, refetch } = useQuery(taskQuery, { variables: { id: job.id, number }, fetchPolicy: 'no-cache' });
  const task = data?.job?.task;
  useEffect(() => {
    if (live !== null && task && live !== task.state) void refetch();
  }, [live, task, refetch]);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && section.current?.contains(document.activeElement) && onClose();
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [onClose]);
  return (
    <section ref={section} aria-label={`Task ${number}`} className={`panel ${classes['taskPanel']}`}>
      <div className={classes['taskTitle']}>
        <Title order={2}>Task {number}</Title>
        {task && <TaskStateLabel state={live ?? task.state} />}
        <CloseButton aria-label="Close the task" onClick={onClose} ml="auto" />
      </div>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="the task" />}
      {task === null && <p>This job has no task {number}.</p>}
      {task && <Facts task={task} jobId={job.id} />}
      {task && task.attempts.length > 0 && (
        <>
          <Title order={3} mt="sm" mb={4}>
            Earlier attempts
          </Title>
          <AttemptList jobId={job.id} task={number} attempts={task.attempts} />
        </>
      )}
      {task && <TaskLog key={task.attempt} jobId={job.id} directory={job.directory} task={number} begun={task.startedAt !== null} />}
    </section>
  );
}

function Facts({ task, jobId }: { readonly task: WholeTask; readonly jobId: string }) {
  const { number, values, node, attempt, startedAt, endedAt, exitCode, failure, input, notBefore, state, iteration } = task;
  return (
    <>
      {failure && (
        <Banner tone="failed" title={failure.message}>
          {furtherAdvice(task)}{' '}
          <span className="mono" style={{ fontSize: 12 }}>
            {failure.code}
          </span>
        </Banner>
      )}
      <dl className={classes['taskFacts']}>
        {Object.entries(values).map(([name, value]) => (
          <Fact key={name} name={name}>
            <span className="mono">{typeof value === 'string' ? value : JSON.stringify(value)}</span>
          </Fact>
        ))}
        {input !== null && <Fact name="Input set">{input}</Fact>}
        {node !== '' && <Fact name="Node">{node}</Fact>}
        <Fact name="Attempt">
          {attempt}
          {state === 'waiting' && notBefore !== null && (
            <>
              , <AgainIn notBefore={notBefore} />
            </>
          )}
        </Fact>
        {startedAt !== null && (
          <Fact name="Started">
            <Ago at={startedAt} />
          </Fact>
        )}
        {startedAt !== null && (
          <Fact name={endedAt === null ? 'Running for' : 'Took'}>
            <Elapsed from={startedAt} to={endedAt} />
          </Fact>
        )}
        {exitCode !== null && <Fact name="Exit code">{exitCode}</Fact>}
      </dl>
      {endedAt !== null && (
        <Anchor
          component={Link}
          to={`/jobs/${jobId}?tab=outputs&path=${encodeURIComponent(`output_${iteration}/${number}`)}`}
          size="sm"
          underline="always"
        >
          Outputs of this task
        </Anchor>
      )}
    </>
  );
}
