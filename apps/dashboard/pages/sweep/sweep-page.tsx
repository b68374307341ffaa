import { useQuery } from '@apollo/client/react';
import { type Sweep, sweepQuery } from '@kiln/client/sweep-documents';
import { JOB_STATUSES, type JobStatus } from '@kiln/domain';
import { Button, Chip, Group, SegmentedControl } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { JOB_LOOK } from '../../lib/status.ts';
import { number } from '../../lib/time.ts';
import { troubleOf } from '../../lib/trouble.ts';
import { Icon } from '../../parts/icon.tsx';
import { Empty, Failure, Loading } from '../../parts/notice.tsx';
import { Page, useTitle } from '../../parts/page.tsx';
import { NotFound } from '../trouble/not-found.tsx';
import { ChildrenMap } from './children-map.tsx';
import { ChildrenTable } from './children-table.tsx';
import { sweptNames } from './order.ts';
import classes from './sweep.module.css';
import { SweepHeader } from './sweep-header.tsx';
import { useChildren } from './use-children.ts';

const route = getRouteApi('/sweeps/$id');

export function SweepPage() {
  const { id } = route.useParams();
  const { data, error, refetch } = useQuery(sweepQuery, { variables: { id }, fetchPolicy: 'network-only', nextFetchPolicy: 'cache-first' });
  if (data?.sweep === null || (error && troubleOf(error).code === 'NOT_FOUND')) return <NotFound what={`There is no sweep ${id}.`} />;
  return (
    <Page name={`Sweep ${id}`}>
      {error && !data && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="the sweep" />}
      {data?.sweep && <Followed key={id} sweep={data.sweep} />}
    </Page>
  );
}

function Followed({ sweep }: { readonly sweep: Sweep }) {
  const { children, loading, error } = useChildren(sweep);
  const [chosen, setChosen] = useState<readonly JobStatus[]>([]);
  const [view, setView] = useState('table');
  const names = useMemo(() => sweptNames(children), [children]);
  const shown = useMemo(
    () => (chosen.length === 0 ? children : children.filter(({ status }) => chosen.includes(status))),
    [children, chosen],
  );
  useTitle(`${sweep.directory} ${JOB_LOOK[sweep.status].label.toLowerCase()}`);
  return (
    <>
      <SweepHeader sweep={sweep} names={names} />
      <div className={classes['bar']}>
        <StatusChips counts={sweep.counts} chosen={chosen} onChoose={setChosen} />
        <Group gap="xs">
          {names.length > 1 && (
            <SegmentedControl
              size="xs"
              aria-label="Show the jobs as"
              data={[
                { value: 'table', label: 'Table' },
                { value: 'map', label: 'Map' },
              ]}
              value={view}
              onChange={setView}
            />
          )}
          {['csv', 'json'].map((format) => (
            <Button
              key={format}
              size="compact-sm"
              variant="default"
              component="a"
              href={`/files/sweeps/${sweep.id}/children.${format}`}
              download
              leftSection={<Icon name="download" />}
            >
              {format.toUpperCase()}
            </Button>
          ))}
        </Group>
      </div>
      {error !== null && <Failure error={error} />}
      {loading && children.length === 0 && <Loading what="the jobs" />}
      {shown.length === 0 && !loading && <Empty title="No job is in this state" />}
      {shown.length > 0 &&
        (view === 'map' && names.length > 1 ? <ChildrenMap jobs={shown} names={names} /> : <ChildrenTable jobs={shown} />)}
    </>
  );
}

interface StatusChipsProps {
  readonly counts: Sweep['counts'];
  readonly chosen: readonly JobStatus[];
  onChoose(statuses: readonly JobStatus[]): void;
}

function StatusChips({ counts, chosen, onChoose }: StatusChipsProps) {
  return (
    <Group gap={6} role="group" aria-label="Status of the jobs">
      <Chip.Group multiple value={[...chosen]} onChange={(next) => onChoose(JOB_STATUSES.filter((one) => next.includes(one)))}>
        {JOB_STATUSES.map((one) => (
          <Chip key={one} value={one} size="xs" variant="outline" icon={<Icon name="check" size={11} />}>
            {JOB_LOOK[one].label} <strong className="tabular">{number(counts[one])}</strong>
          </Chip>
        ))}
      </Chip.Group>
    </Group>
  );
}
