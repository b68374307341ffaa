import type { Comparison } from '@kiln/client/comparison';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { MOST_COMPARED } from '../../lib/use-selection.ts';
import { Empty, Failure, Loading } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { FilesPanel } from './files-panel.tsx';
import { NumbersPanel } from './numbers-panel.tsx';
import { ParametersPanel } from './parameters-panel.tsx';
import { refsOf } from './search.ts';
import { SubjectList } from './subject-list.tsx';
import { TimesPanel } from './times-panel.tsx';
import { useComparison } from './use-comparison.ts';

const route = getRouteApi('/compare');

/** Jobs and tasks side by side. */
export function ComparePage() {
  const { jobs } = route.useSearch();
  const refs = useMemo(() => refsOf(jobs).slice(0, MOST_COMPARED), [jobs]);
  const { comparison, error, retry } = useComparison(refs);
  return (
    <Page name={refs.length > 0 ? `Compare ${refs.join(', ')}` : 'Compare'} heading="Compare">
      {refs.length === 0 && <NothingChosen />}
      {error !== null && <Failure error={error} retry={retry} />}
      {refs.length > 0 && !comparison && error === null && <Loading what="what is compared" />}
      {comparison && <Compared key={jobs} comparison={comparison} />}
    </Page>
  );
}

function Compared({ comparison }: { readonly comparison: Comparison }) {
  return (
    <>
      <SubjectList subjects={comparison.subjects} />
      <ParametersPanel comparison={comparison} />
      {comparison.times.length > 0 && <TimesPanel comparison={comparison} />}
      {comparison.numbers.length > 0 && <NumbersPanel comparison={comparison} />}
      <FilesPanel comparison={comparison} />
    </>
  );
}

function NothingChosen() {
  return (
    <Empty title="Nothing is chosen">
      Choose two or more <Link to="/jobs">jobs</Link>, jobs of a <Link to="/sweeps">sweep</Link> or tasks of a job by the boxes in front of
      them.
    </Empty>
  );
}
