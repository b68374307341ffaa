import { useQuery } from '@apollo/client/react';
import { graphql } from '@kiln/client/graphql';
import { type Sweep, sweepFields, sweepsQuery } from '@kiln/client/sweep-documents';
import { Button, Code } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { client } from '../../lib/client.ts';
import { useFollow } from '../../lib/live.ts';
import { useWhenLive } from '../../lib/use-when-live.ts';
import { Ago, Elapsed } from '../../parts/ago.tsx';
import list from '../../parts/list.module.css';
import { Empty, Failure, Loading } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { JobStatusLabel } from '../../parts/status.tsx';
import { SweepProgress } from '../../parts/sweep-progress.tsx';
import classes from './sweeps.module.css';

const PAGE = 50;

const sweepsChanged = graphql(
  `subscription SweepsChanged($after: Float) { sweepsChanged(after: $after) { sweeps { ...SweepFields } lastSeq } }`,
  [sweepFields],
);

export function SweepsPage() {
  const { data, error, refetch, fetchMore } = useQuery(sweepsQuery, {
    variables: { first: PAGE, after: null },
    fetchPolicy: 'network-only',
    nextFetchPolicy: 'cache-first',
  });
  const position = useRef<number | null>(null);
  const known = data?.sweeps;
  // What is known changes in the cache; what is new makes the list be read again.
  useFollow('sweeps', sweepsChanged, {
    variables: () => (position.current === null ? {} : { after: position.current }),
    message: ({ sweepsChanged: { sweeps, lastSeq } }) => {
      position.current = lastSeq;
      client.cache.batch({
        update: (cache) => {
          for (const sweep of sweeps) cache.writeFragment({ fragment: sweepFields, fragmentName: 'SweepFields', data: sweep });
        },
      });
      if (sweeps.some(({ id }) => !known?.nodes.some((one) => one.id === id) && Number(id) > Number(known?.nodes[0]?.id ?? 0)))
        void refetch();
    },
  });
  useWhenLive(() => {
    if (position.current === null) void refetch();
  });
  return (
    <Page
      name="Sweeps"
      heading="Sweeps"
      aside={
        <Button component={Link} to="/" size="sm">
          New sweep
        </Button>
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!known && !error && <Loading what="sweeps" />}
      {known?.nodes.length === 0 && <NoSweeps />}
      {known && known.nodes.length > 0 && <SweepRows sweeps={known.nodes} />}
      {known?.pageInfo.hasNextPage && (
        <Button variant="default" mt="md" onClick={() => void fetchMore({ variables: { after: known.pageInfo.endCursor } })}>
          Load more
        </Button>
      )}
    </Page>
  );
}

function SweepRows({ sweeps }: { readonly sweeps: readonly Sweep[] }) {
  return (
    <div className={`panel ${list['table']}`} role="table" aria-label="Sweeps">
      <div role="row" className={`${list['row']} ${classes['row']} ${list['head']} ${classes['head']}`}>
        {['Status', 'Sweep', 'Jobs', 'Created', 'Duration'].map((title) => (
          <span role="columnheader" key={title}>
            {title}
          </span>
        ))}
      </div>
      {sweeps.map((sweep) => (
        <div role="row" key={sweep.id} className={`${list['row']} ${classes['row']}`}>
          <span role="cell">
            <JobStatusLabel status={sweep.status} />
          </span>
          <span role="cell" className={classes['name']}>
            <Link to="/sweeps/$id" params={{ id: sweep.id }} className={list['open']}>
              {sweep.directory}
            </Link>
          </span>
          <span role="cell" className={classes['jobs']}>
            <SweepProgress counts={sweep.counts} />
          </span>
          <span role="cell" className={classes['quiet']}>
            <Ago at={sweep.createdAt} />
          </span>
          <span role="cell" className={classes['quiet']}>
            <Elapsed from={sweep.createdAt} to={sweep.endedAt} />
          </span>
        </div>
      ))}
    </div>
  );
}

function NoSweeps() {
  return (
    <Empty title="No sweeps yet">
      A sweep is many jobs of one connector, one for each point. Choose a <Link to="/">connector</Link> and submit it as a sweep of jobs, or
      try <Code>kiln sweep submit pi --over seed=1:8</Code>.
    </Empty>
  );
}
