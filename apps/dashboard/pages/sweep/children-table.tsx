import { UnstyledButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import { valueText } from '../../lib/sweep-text.ts';
import type { Selection } from '../../lib/use-selection.ts';
import { Elapsed } from '../../parts/ago.tsx';
import { CompareBox } from '../../parts/compare.tsx';
import { JobStatusLabel } from '../../parts/status.tsx';
import type { Child } from './documents.ts';
import type { Measure } from './measures.ts';
import { type Order, ordered, sweptNames } from './order.ts';
import classes from './sweep.module.css';

const ROW = 36;

interface ChildrenTableProps {
  readonly jobs: readonly Child[];
  readonly measures: readonly Measure[];
  readonly selection: Selection;
}

/** The children in rows, to be ordered by any column. */
export function ChildrenTable({ jobs, measures, selection }: ChildrenTableProps) {
  const [order, setOrder] = useState<Order>({ by: 'job', descending: false });
  const names = useMemo(() => sweptNames(jobs), [jobs]);
  const rows = useMemo(() => ordered(jobs, order, Date.now(), measures), [jobs, order, measures]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW, overscan: 12 });
  const columns = columnsOf(names, measures);
  const own = names.length + measures.length;
  const template = `18px minmax(110px, 1.2fr) ${own > 0 ? `repeat(${own}, minmax(70px, 1fr))` : ''} 110px 90px minmax(120px, 2fr)`;
  const width = 510 + 90 * own;
  return (
    <div
      ref={scroller}
      className={`panel ${classes['scroller']}`}
      role="table"
      aria-label="Jobs of the sweep"
      aria-rowcount={rows.length + 1}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      <div role="row" className={`${classes['row']} ${classes['head']}`} style={{ gridTemplateColumns: template, minWidth: width }}>
        <span role="columnheader">
          <span className="visually-hidden">Compare</span>
        </span>
        {columns.map(([by, title]) => (
          <ColumnHead key={by} by={by} title={title} order={order} onOrder={setOrder} />
        ))}
        <span role="columnheader">Remarks</span>
      </div>
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), minWidth: width, position: 'relative' }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const child = rows[index];
          return (
            child && (
              <ChildRow
                key={child.id}
                {...{ child, names, measures, selection, index }}
                style={{ gridTemplateColumns: template, position: 'absolute', top: start, insetInline: 0 }}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function columnsOf(names: readonly string[], measures: readonly Measure[]): (readonly [by: string, title: string])[] {
  return [
    ['job', 'Job'],
    ...names.map((name) => [`point:${name}`, name] as const),
    ...measures.map(({ key, title }) => [key, title] as const),
    ['status', 'Status'],
    ['duration', 'Duration'],
  ];
}

interface ColumnHeadProps {
  readonly by: string;
  readonly title: string;
  readonly order: Order;
  onOrder(order: Order): void;
}

function ColumnHead({ by, title, order, onOrder }: ColumnHeadProps) {
  const chosen = order.by === by;
  return (
    <span role="columnheader" aria-sort={chosen ? (order.descending ? 'descending' : 'ascending') : 'none'}>
      <UnstyledButton className={classes['sort']} onClick={() => onOrder({ by, descending: chosen && !order.descending })}>
        {title} <span aria-hidden="true">{chosen ? (order.descending ? '↓' : '↑') : ''}</span>
      </UnstyledButton>
    </span>
  );
}

interface ChildRowProps extends Omit<ChildrenTableProps, 'jobs'> {
  readonly child: Child;
  readonly names: readonly string[];
  readonly index: number;
  readonly style: React.CSSProperties;
}

function ChildRow({ child, names, measures, selection, index, style }: ChildRowProps) {
  const { id, directory, status, point, startedAt, endedAt, blocked, ending } = child;
  const remark = blocked?.message ?? (status === 'failed' || status === 'cancelled' ? ending?.message : undefined) ?? '';
  return (
    <div role="row" aria-rowindex={index + 2} className={classes['row']} style={style}>
      <span role="cell">
        <CompareBox selection={selection} subject={id} name={directory} />
      </span>
      <span role="cell">
        <Link to="/jobs/$id" params={{ id }} className={classes['open']}>
          {directory}
        </Link>
      </span>
      {names.map((name) => (
        <span role="cell" key={name} className="mono">
          {point?.[name] === undefined ? '' : valueText(point[name])}
        </span>
      ))}
      {measures.map((measure) => (
        <NumberCell key={measure.key} measure={measure} value={measure.read(child)} />
      ))}
      <span role="cell">
        <JobStatusLabel status={status} />
      </span>
      <span role="cell">{startedAt !== null && <Elapsed from={startedAt} to={endedAt} />}</span>
      <span role="cell" className={classes['quiet']} title={remark}>
        {remark}
      </span>
    </div>
  );
}

function NumberCell({ measure, value }: { readonly measure: Measure; readonly value: number | null }) {
  return (
    <span role="cell" className="tabular" title={value === null ? undefined : String(value)}>
      {value === null ? '' : measure.text(value)}
    </span>
  );
}
