import type { EventKind } from '@kiln/domain';
import { Button, SegmentedControl } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, useState } from 'react';
import type { JobEvent, JobPageData } from '../../lib/documents.ts';
import { clockTime, localTime } from '../../lib/time.ts';
import { short } from '../../parts/chart/scale.ts';
import { Empty, Failure } from '../../parts/notice.tsx';
import type { JobFeed } from './job-feed.ts';
import classes from './lists.module.css';
import { useEventList } from './use-event-list.ts';

const KINDS = [
  { value: 'all', label: 'All' },
  { value: 'job', label: 'Job' },
  { value: 'task', label: 'Tasks' },
  { value: 'node', label: 'Nodes' },
  { value: 'note', label: 'Notes' },
];

const TROUBLED: readonly string[] = ['failed', 'lost'];

/** All that happened, newest first, growing as it happens. */
export function EventsTab({ job, feed }: { readonly job: JobPageData; readonly feed: JobFeed }) {
  const [kind, setKind] = useState('all');
  return (
    <>
      <SegmentedControl size="xs" mb="sm" aria-label="Kind of event" data={KINDS} value={kind} onChange={setKind} />
      <EventList key={kind} job={job} feed={feed} kind={(['job', 'task', 'node', 'note'] as const).find((one) => one === kind) ?? null} />
    </>
  );
}

function EventList({ job, feed, kind }: { readonly job: JobPageData; readonly feed: JobFeed; readonly kind: EventKind | null }) {
  const { count, eventAt, more, truncated, loading, error, loadOlder } = useEventList(job, feed, kind);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count, getScrollElement: () => scroller.current, estimateSize: () => 30, overscan: 15 });
  if (count === 0 && !loading) return <Empty title="Nothing of this kind has happened" />;
  return (
    <div className="panel">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div ref={scroller} className={classes['history']} tabIndex={0} role="table" aria-label="History" aria-rowcount={more ? -1 : count}>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const event = eventAt(index);
            return event && <EventRow key={event.seq} event={event} top={start} />;
          })}
        </div>
      </div>
      {error !== null && <Failure error={error} retry={loadOlder} />}
      {truncated && (
        <p className={classes['dim']}>So much happened that only the newest is kept here; reload the page to read all of it.</p>
      )}
      {more && !truncated && (
        <Button m="sm" size="compact-sm" variant="default" loading={loading} onClick={loadOlder}>
          Load older
        </Button>
      )}
    </div>
  );
}

function EventRow({ event, top }: { readonly event: JobEvent; readonly top: number }) {
  const { at, kind, subject, from, to, message } = event;
  return (
    <div role="row" className={classes['event']} style={{ top }}>
      <time role="cell" dateTime={at} title={localTime(at)} className="tabular">
        {clockTime(at)}
      </time>
      <span role="cell">{whatOf(event)}</span>
      <span role="cell" title={message ?? to ?? undefined}>
        {to !== null && (
          <>
            {from !== null && (
              <>
                {from} <span aria-hidden="true">→</span>
                <span className="visually-hidden">to</span>{' '}
              </>
            )}
            <strong style={{ color: TROUBLED.includes(to) ? 'var(--kiln-failed)' : undefined }}>
              {kind === 'note' && subject === 'criterion' ? short(Number(to)) : to}
            </strong>{' '}
          </>
        )}
        {message}
      </span>
    </div>
  );
}

/** What an event tells of. The criterion of an iteration is a note of its own. */
function whatOf({ kind, subject }: JobEvent): string {
  if (kind === 'note') return subject === 'criterion' ? subject : 'note';
  return kind === 'job' ? subject : `${kind} ${subject}`;
}
