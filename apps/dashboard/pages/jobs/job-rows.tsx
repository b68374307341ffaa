import { useMutation } from '@apollo/client/react';
import { cancelMutation } from '@kiln/client/documents';
import { hasEnded } from '@kiln/domain';
import { Button, UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Job } from '../../lib/documents.ts';
import { type Selection, useSelection } from '../../lib/use-selection.ts';
import { Ago, Elapsed } from '../../parts/ago.tsx';
import { CompareBar, CompareBox } from '../../parts/compare.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import list from '../../parts/list.module.css';
import { Failure } from '../../parts/notice.tsx';
import { JobStatusLabel } from '../../parts/status.tsx';
import { TaskProgress } from '../../parts/task-progress.tsx';
import classes from './jobs.module.css';
import type { JobsSearch } from './search.ts';

interface JobRowsProps {
  readonly jobs: readonly Job[];
  readonly search: JobsSearch;
  onChange(next: JobsSearch): void;
}

export function JobRows({ jobs, search, onChange }: JobRowsProps) {
  const [asked, setAsked] = useState<Job | null>(null);
  const selection = useSelection();
  const [cancel, { loading, error }] = useMutation(cancelMutation);
  const { sort, ...rest } = search;
  const confirm = async () => {
    if (!asked) return;
    setAsked(null);
    // What fails is in `error`, shown below.
    await cancel({ variables: { id: asked.id } }).catch(() => undefined);
  };
  return (
    <>
      {error && <Failure error={error} />}
      <CompareBar selection={selection} />
      <div className={`panel ${list['table']}`} role="table" aria-label="Jobs">
        <div role="row" className={`${list['row']} ${classes['row']} ${list['head']} ${classes['head']}`}>
          {['Status', 'Job', 'Stage', 'Tasks', 'Platform'].map((title) => (
            <span role="columnheader" key={title}>
              {title}
            </span>
          ))}
          <span role="columnheader" aria-sort={sort === 'OLDEST' ? 'ascending' : 'descending'}>
            <UnstyledButton className={classes['sort']} onClick={() => onChange(sort === 'OLDEST' ? rest : { ...rest, sort: 'OLDEST' })}>
              Created <span aria-hidden="true">{sort === 'OLDEST' ? '↑' : '↓'}</span>
              <span className="visually-hidden">, {sort === 'OLDEST' ? 'oldest' : 'newest'} first; press to reverse</span>
            </UnstyledButton>
          </span>
          <span role="columnheader">Duration</span>
          <span role="columnheader">
            <span className="visually-hidden">Actions</span>
          </span>
        </div>
        {jobs.map((job) => (
          <JobRow key={job.id} job={job} selection={selection} onCancel={() => setAsked(job)} />
        ))}
      </div>
      <Confirm
        opened={asked !== null}
        title={`Cancel ${asked?.directory ?? ''}?`}
        action="Cancel the job"
        busy={loading}
        onConfirm={() => void confirm()}
        onClose={() => setAsked(null)}
      >
        Its running tasks are stopped and what it rented is given back. What has come home stays. You can retry the rest later.
      </Confirm>
    </>
  );
}

interface JobRowProps {
  readonly job: Job;
  readonly selection: Selection;
  onCancel(): void;
}

function JobRow({ job, selection, onCancel }: JobRowProps) {
  const ending = job.ending !== null && !hasEnded(job.status);
  return (
    <div role="row" className={`${list['row']} ${classes['row']}`}>
      <span role="cell" className={classes['status']}>
        <CompareBox selection={selection} subject={job.id} name={job.directory} />
        <JobStatusLabel status={job.status} />
      </span>
      <span role="cell" className={classes['name']}>
        <Link to="/jobs/$id" params={{ id: job.id }} className={list['open']}>
          {job.directory}
        </Link>
        <span className={classes['connector']}>{job.blocked?.message ?? job.ending?.message ?? job.connector}</span>
      </span>
      <span role="cell" className={classes['stage']}>
        {hasEnded(job.status) ? <span className={classes['iteration']}>ended</span> : ending ? 'ending' : job.stage}
        {job.iteration > 0 && <span className={classes['iteration']}> · iteration {job.iteration}</span>}
      </span>
      <span role="cell" className={classes['tasks']}>
        <TaskProgress counts={job.counts} />
      </span>
      <span role="cell" className={classes['platform']}>
        {job.platform}
      </span>
      <span role="cell" className={classes['created']}>
        <Ago at={job.createdAt} />
      </span>
      <span role="cell" className={classes['duration']}>
        <Elapsed from={job.createdAt} to={job.endedAt} />
      </span>
      <span role="cell" className={classes['action']}>
        {!hasEnded(job.status) && !ending && (
          <Button size="compact-xs" variant="default" onClick={onCancel} aria-label={`Cancel ${job.directory}`}>
            Cancel
          </Button>
        )}
      </span>
    </div>
  );
}
