import { useQuery } from '@apollo/client/react';
import { getRouteApi } from '@tanstack/react-router';
import { type JobPageData, jobPageQuery } from '../../lib/documents.ts';
import { JOB_LOOK } from '../../lib/status.ts';
import { troubleOf } from '../../lib/trouble.ts';
import { Failure, Loading } from '../../parts/notice.tsx';
import { Page, useTitle } from '../../parts/page.tsx';
import { NotFound } from '../trouble/not-found.tsx';
import { JobBanner } from './job-banner.tsx';
import { JobHeader } from './job-header.tsx';
import { JobTabs } from './job-tabs.tsx';
import { StageTrack } from './stage-track.tsx';
import { useJobFeed } from './use-job-feed.ts';

const route = getRouteApi('/jobs/$id');

export function JobPage() {
  const { id } = route.useParams();
  // A name such as pi12 leads to its job too.
  const number = /(\d+)$/.exec(id)?.[1] ?? id;
  const { data, error, refetch } = useQuery(jobPageQuery, {
    variables: { id: number },
    fetchPolicy: 'network-only',
    nextFetchPolicy: 'cache-first',
  });
  if (data?.job === null || (error && troubleOf(error).code === 'NOT_FOUND')) return <NotFound what={`There is no job ${id}.`} />;
  return (
    <Page name={`Job ${id}`}>
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="the job" />}
      {data?.job && <Followed key={number} job={data.job} />}
    </Page>
  );
}

function Followed({ job }: { readonly job: JobPageData }) {
  const { iteration } = route.useSearch();
  const { feed, trouble } = useJobFeed(job, iteration);
  useTitle(`${job.directory} ${JOB_LOOK[job.status].label.toLowerCase()}`);
  return (
    <>
      <JobHeader job={job} />
      {trouble && <Failure error={[{ message: trouble.message, extensions: { code: trouble.code } }]} />}
      <JobBanner job={job} />
      <StageTrack job={job} />
      <JobTabs job={job} feed={feed} />
    </>
  );
}
