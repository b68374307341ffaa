import { hasEnded } from '@kiln/domain';
import { Anchor, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { JobPageData } from '../../lib/documents.ts';
import { Ago, Elapsed } from '../../parts/ago.tsx';
import { Fact } from '../../parts/fact.tsx';
import { Icon } from '../../parts/icon.tsx';
import { JobStatusLabel } from '../../parts/status.tsx';
import { TaskProgress } from '../../parts/task-progress.tsx';
import { CurationFact } from './curation-fact.tsx';
import { RetryCost } from './failures/retry-cost.tsx';
import classes from './job.module.css';
import { JobActions } from './job-actions.tsx';
import { Moving } from './moving.tsx';

export function JobHeader({ job }: { readonly job: JobPageData }) {
  return (
    <header className={classes['header']}>
      <div className={classes['headline']}>
        <nav aria-label="Breadcrumb" className={classes['crumb']}>
          <Link to="/jobs">Jobs</Link> <span aria-hidden="true">/</span>
        </nav>
        <Title order={1} style={{ overflowWrap: 'anywhere' }}>
          {job.directory}
        </Title>
        <span role="status" aria-label="Status of the job" style={{ fontSize: 15 }}>
          <JobStatusLabel status={job.status} />
        </span>
        <div className={classes['actions']}>
          <JobActions job={job} />
        </div>
      </div>
      <dl className={classes['facts']}>
        <Fact name="Connector">
          <Anchor component={Link} to={`/connectors/${job.connector}`} size="sm" underline="always">
            {job.connector}
          </Anchor>
        </Fact>
        <Fact name="Platform">
          <PlatformName name={job.platform} />
        </Fact>
        <Fact name="Created">
          <Ago at={job.createdAt} />
        </Fact>
        <Fact name={hasEnded(job.status) ? 'Took' : 'Running for'}>
          <Elapsed from={job.createdAt} to={job.endedAt} />
        </Fact>
        {job.sweepId !== null && (
          <Fact name="Sweep">
            <Anchor component={Link} to={`/sweeps/${job.sweepId}`} size="sm" underline="always">
              sweep {job.sweepId}
            </Anchor>
          </Fact>
        )}
        {job.retryOf !== null && (
          <Fact name="Runs again">
            <Anchor component={Link} to={`/jobs/${job.retryOf}`} size="sm" underline="always">
              job {job.retryOf}
            </Anchor>
          </Fact>
        )}
        {job.branchOf !== null && (
          <Fact name="Branch of">
            <Anchor
              component={Link}
              to={`/jobs/${job.branchOf.job}?tab=iterations&iteration=${job.branchOf.iteration}`}
              size="sm"
              underline="always"
            >
              job {job.branchOf.job}, iteration {job.branchOf.iteration}
            </Anchor>
          </Fact>
        )}
        {job.maximumIterations !== null && (
          <Fact name="Iteration">
            <span className="tabular">
              {job.iteration} ({job.iteration + 1} of at most {job.maximumIterations})
            </span>
          </Fact>
        )}
        {job.curation && <CurationFact curation={job.curation} />}
        <div className={classes['factWide']}>
          <dt>Tasks</dt>
          <dd>
            <TaskProgress counts={job.counts} />
            <RetryCost job={job} />
          </dd>
        </div>
      </dl>
      <WaitingNotes job={job} />
      <Moving job={job} />
    </header>
  );
}

/** One that was removed is named so, and has no page. */
function PlatformName({ name }: { readonly name: string }) {
  if (name.includes(' ')) return name;
  return (
    <Anchor component={Link} to={`/platforms/${name}`} size="sm" underline="always">
      {name}
    </Anchor>
  );
}

/** What its tasks wait for in the queue of a cluster. */
function WaitingNotes({ job: { nodes, status } }: { readonly job: JobPageData }) {
  const notes = [...new Set(nodes.flatMap(({ note }) => note ?? []))];
  if (hasEnded(status)) return null;
  return (
    <div role="status" className={classes['notes']}>
      {notes.map((note) => (
        <p key={note}>
          <Icon name="waiting" /> <span>{note}</span>
        </p>
      ))}
    </div>
  );
}
