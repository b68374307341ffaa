import { useQuery } from '@apollo/client/react';
import { Title } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { type FailureCount, failuresQuery, type JobPageData } from '../../../lib/documents.ts';
import { many } from '../../../lib/time.ts';
import { Empty, Failure, Loading } from '../../../parts/notice.tsx';
import { firstOwn, IterationSelect } from '../iteration-select.tsx';
import classes from '../lists.module.css';
import { FailedTasks } from './failed-tasks.tsx';
import { FailureCounts } from './failure-counts.tsx';
import { costText } from './retry-cost.tsx';

const route = getRouteApi('/jobs/$id');

/** What failed in an iteration: by code, and task by task. */
export function FailuresTab({ job }: { readonly job: JobPageData }) {
  const { iteration = job.iteration } = route.useSearch();
  const past = iteration !== job.iteration;
  const { data, error, refetch } = useQuery(failuresQuery, { variables: { id: job.id, iteration }, skip: !past, fetchPolicy: 'no-cache' });
  const failures = past ? data?.job?.failures : job.failures;
  return (
    <>
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!failures && !error && <Loading what="the failures" />}
      {failures && (
        <>
          <div className={classes['bar']}>
            <Title order={2}>{headline(failures)}</Title>
            <div className={classes['barEnd']}>
              <IterationSelect job={job} first={firstOwn(job)} />
            </div>
          </div>
          <Cost job={job} />
          {failures.length === 0 ? (
            <Empty title="Nothing has failed">Tasks that fail beyond recovery are listed here, with what can be done about it.</Empty>
          ) : (
            <>
              <FailureCounts failures={failures} />
              <FailedTasks key={iteration} job={job} iteration={iteration} changed={JSON.stringify(failures)} />
            </>
          )}
        </>
      )}
    </>
  );
}

function Cost({ job: { retryCost, maximumIterations } }: { readonly job: JobPageData }) {
  if (retryCost.attempts === 0) return null;
  return (
    <p className={classes['dim']}>
      {maximumIterations !== null && 'In all iterations: '}
      {costText(retryCost)} A task with more than one attempt shows the earlier ones when it is opened.
    </p>
  );
}

function headline(failures: readonly FailureCount[]): string {
  return `${many(
    failures.reduce((sum, { count }) => sum + count, 0),
    'failed task',
  )}`;
}
