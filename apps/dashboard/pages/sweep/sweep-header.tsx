import type { Sweep } from '@kiln/client/sweep-documents';
import { hasEnded } from '@kiln/domain';
import { Anchor, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Ago, Elapsed } from '../../parts/ago.tsx';
import { Fact } from '../../parts/fact.tsx';
import { JobStatusLabel } from '../../parts/status.tsx';
import { SweepProgress } from '../../parts/sweep-progress.tsx';
import job from '../job/job.module.css';
import { OverView } from './over-view.tsx';
import { SweepActions } from './sweep-actions.tsx';

export function SweepHeader({ sweep, names }: { readonly sweep: Sweep; readonly names: readonly string[] }) {
  return (
    <header className={job['header']}>
      <div className={job['headline']}>
        <nav aria-label="Breadcrumb" className={job['crumb']}>
          <Link to="/sweeps">Sweeps</Link> <span aria-hidden="true">/</span>
        </nav>
        <Title order={1} style={{ overflowWrap: 'anywhere' }}>
          {sweep.directory}
        </Title>
        <span role="status" aria-label="Status of the sweep" style={{ fontSize: 15 }}>
          <JobStatusLabel status={sweep.status} />
        </span>
        <div className={job['actions']}>
          <SweepActions sweep={sweep} names={names} />
        </div>
      </div>
      <dl className={job['facts']}>
        <Fact name="Connector">
          <Anchor component={Link} to={`/connectors/${sweep.connector}`} size="sm" underline="always">
            {sweep.connector}
          </Anchor>
        </Fact>
        <Fact name="Created">
          <Ago at={sweep.createdAt} />
        </Fact>
        <Fact name={hasEnded(sweep.status) ? 'Took' : 'Running for'}>
          <Elapsed from={sweep.createdAt} to={sweep.endedAt} />
        </Fact>
        <Fact name="At once">
          <span className="tabular">at most {sweep.atMost}</span>
        </Fact>
        <Fact name="Output">
          <span style={{ overflowWrap: 'anywhere' }}>
            {sweep.output.storage}: {sweep.output.path}
          </span>
        </Fact>
        <div className={job['factWide']}>
          <dt>Jobs</dt>
          <dd>
            <SweepProgress counts={sweep.counts} />
          </dd>
        </div>
        <div className={job['factWide']}>
          <dt>Over</dt>
          <dd>
            <OverView over={sweep.over} />
          </dd>
        </div>
      </dl>
    </header>
  );
}
