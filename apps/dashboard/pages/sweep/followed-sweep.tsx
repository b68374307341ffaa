import type { NumberOf, Sweep } from '@kiln/client/sweep-documents';
import { JOB_STATUSES, type JobStatus } from '@kiln/domain';
import { Chip, Group } from '@mantine/core';
import { useMemo, useState } from 'react';
import { JOB_LOOK } from '../../lib/status.ts';
import { number } from '../../lib/time.ts';
import { useSelection } from '../../lib/use-selection.ts';
import { CompareBar } from '../../parts/compare.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Empty, Failure, Loading } from '../../parts/notice.tsx';
import { useTitle } from '../../parts/page.tsx';
import { ChildrenTable } from './children-table.tsx';
import { Extremes } from './extremes.tsx';
import { ChildrenMap } from './map/children-map.tsx';
import { measuresOf } from './measures.ts';
import { NumberPlot } from './number-plot.tsx';
import { numericNames, sweptNames } from './order.ts';
import classes from './sweep.module.css';
import { SweepHeader } from './sweep-header.tsx';
import { useChildren } from './use-children.ts';
import { useSweepNumbers } from './use-sweep-numbers.ts';
import { type View, ViewBar } from './view-bar.tsx';

/** A sweep while it is looked at. */
export function FollowedSweep({ sweep }: { readonly sweep: Sweep }) {
  const { children, loading, error } = useChildren(sweep);
  const [of, setOf] = useState<NumberOf>('MEAN');
  const { numbers, error: unread } = useSweepNumbers(sweep.id, of, sweep.lastSeq);
  const [chosen, setChosen] = useState<readonly JobStatus[]>([]);
  const [wanted, setView] = useState<View>('table');
  const selection = useSelection();
  const measures = useMemo(() => measuresOf(numbers), [numbers]);
  const names = useMemo(() => sweptNames(children), [children]);
  const numeric = useMemo(() => numericNames(children), [children]);
  const shown = useMemo(
    () => (chosen.length === 0 ? children : children.filter(({ status }) => chosen.includes(status))),
    [children, chosen],
  );
  useTitle(`${sweep.directory} ${JOB_LOOK[sweep.status].label.toLowerCase()}`);
  const views: readonly View[] = ['table', ...(names.length > 1 ? ['map' as const] : []), ...(numeric.length > 0 ? ['plot' as const] : [])];
  const view = views.includes(wanted) ? wanted : 'table';
  return (
    <>
      <SweepHeader sweep={sweep} names={names} />
      <div className={classes['bar']}>
        <StatusChips counts={sweep.counts} chosen={chosen} onChoose={setChosen} />
        <ViewBar sweep={sweep} views={views} view={view} onView={setView} of={of} onOf={measures.length > 0 ? setOf : null} />
      </div>
      {error !== null && <Failure error={error} />}
      {unread !== null && <Failure error={unread} />}
      {loading && children.length === 0 && <Loading what="the jobs" />}
      {shown.length === 0 && !loading && <Empty title="No job is in this state" />}
      {shown.length > 0 && (
        <>
          <Extremes jobs={shown} measures={measures} />
          <CompareBar selection={selection} />
          {view === 'table' && <ChildrenTable jobs={shown} measures={measures} selection={selection} />}
          {view === 'map' && <ChildrenMap jobs={shown} names={names} measures={measures} />}
          {view === 'plot' && <NumberPlot sweep={sweep.id} jobs={shown} names={numeric} measures={measures} version={numbers} />}
        </>
      )}
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
