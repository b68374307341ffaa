import { hasEnded } from '@kiln/domain';
import { SegmentedControl } from '@mantine/core';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { JobPageData } from '../../../lib/documents.ts';
import { Empty } from '../../../parts/notice.tsx';
import { IterationSelect } from '../iteration-select.tsx';
import lists from '../lists.module.css';
import { CriterionChart, pointsOf } from './criterion-chart.tsx';
import { IterationPanel } from './iteration-panel.tsx';
import { IterationTable } from './iteration-table.tsx';
import { progressText } from './iteration-words.ts';
import classes from './iterations.module.css';
import { Steering } from './steering.tsx';

const route = getRouteApi('/jobs/$id');
const BranchDialog = lazy(() => import('./branch-dialog.tsx').then((module) => ({ default: module.BranchDialog })));

/** What the iterations came to, and how to steer those to come. */
export function IterationsTab({ job }: { readonly job: JobPageData }) {
  const { iteration: chosen = job.iteration } = route.useSearch();
  const [view, setView] = useState('chart');
  const [branching, setBranching] = useState<number | null>(null);
  const over = hasEnded(job.status);
  const drawn = pointsOf(job.iterations).length > 0;
  const shown = job.iterations.find(({ iteration }) => iteration === chosen);
  return (
    <>
      <div className={lists['bar']}>
        <p className={lists['dim']} role="status">
          {progressText(job)} {job.branchOf && <Origin of={job.branchOf} />}
        </p>
        <Steering job={job} />
      </div>
      <section aria-label="Convergence" className={`panel ${classes['view']}`}>
        <div className={lists['bar']}>
          <SegmentedControl
            size="xs"
            aria-label="How the iterations are shown"
            data={[
              { value: 'chart', label: 'Chart' },
              { value: 'table', label: 'Table' },
            ]}
            value={view}
            onChange={setView}
          />
          <IterationSelect job={job} first={0} />
        </div>
        {view === 'table' ? (
          <IterationTable job={job} onBranch={setBranching} />
        ) : drawn || !over ? (
          <CriterionChart job={job} iterations={job.iterations} chosen={chosen} over={over} />
        ) : (
          <Empty title="No criterion is known">The connector computes none, or the job ended before.</Empty>
        )}
      </section>
      <IterationPanel key={chosen} job={job} number={chosen} iteration={shown} onBranch={() => setBranching(chosen)} />
      {branching !== null && (
        <Suspense fallback={null}>
          <BranchDialog job={job} iteration={branching} onClose={() => setBranching(null)} />
        </Suspense>
      )}
    </>
  );
}

function Origin({ of: { job, iteration } }: { readonly of: NonNullable<JobPageData['branchOf']> }) {
  return (
    <>
      Up to iteration {iteration} they are of{' '}
      <Link to="/jobs/$id" params={{ id: job }} search={{ tab: 'iterations', iteration }} style={{ color: 'inherit' }}>
        job {job}
      </Link>
      .
    </>
  );
}
