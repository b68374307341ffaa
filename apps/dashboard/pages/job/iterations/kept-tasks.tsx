import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import type { JobPageData } from '../../../lib/documents.ts';
import { number } from '../../../lib/time.ts';
import { firstOwn } from '../iteration-select.tsx';

const MOST = 6;

interface KeptTasksProps {
  readonly job: Pick<JobPageData, 'id' | 'branchOf'>;
  readonly iteration: number;
  readonly kept: readonly number[];
}

/** Links to the tasks whose results were kept, the best first. */
export function KeptTasks({ job, iteration, kept }: KeptTasksProps) {
  return (
    <span className="tabular">
      {kept.slice(0, MOST).map((task, at) => (
        <Fragment key={task}>
          {at > 0 && ', '}
          <Link
            to="/jobs/$id"
            params={{ id: ownerOf(job, iteration) }}
            search={{ task, iteration }}
            resetScroll={false}
            aria-label={`Task ${task}`}
            style={{ color: 'inherit' }}
          >
            {task}
          </Link>
        </Fragment>
      ))}
      {kept.length > MOST && ` and ${number(kept.length - MOST)} more`}
    </span>
  );
}

/** The job that has the tasks of an iteration: this one, or the one that it is a branch of. */
export function ownerOf(job: Pick<JobPageData, 'id' | 'branchOf'>, iteration: number): string {
  return job.branchOf && iteration < firstOwn(job) ? job.branchOf.job : job.id;
}
