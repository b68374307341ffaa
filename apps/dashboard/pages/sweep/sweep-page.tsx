import { useQuery } from '@apollo/client/react';
import { sweepQuery } from '@kiln/client/sweep-documents';
import { getRouteApi } from '@tanstack/react-router';
import { troubleOf } from '../../lib/trouble.ts';
import { Failure, Loading } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { NotFound } from '../trouble/not-found.tsx';
import { FollowedSweep } from './followed-sweep.tsx';

const route = getRouteApi('/sweeps/$id');

export function SweepPage() {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(sweepQuery, { variables: { id }, fetchPolicy: 'network-only', nextFetchPolicy: 'cache-first' });
  if (data?.sweep === null || (error && troubleOf(error).code === 'NOT_FOUND')) return <NotFound what={`There is no sweep ${id}.`} />;
  return (
    <Page name={`Sweep ${id}`}>
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="the sweep" />}
      {data?.sweep && <FollowedSweep key={id} sweep={data.sweep} />}
    </Page>
  );
}
