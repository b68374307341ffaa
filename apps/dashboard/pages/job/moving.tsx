import { useQuery } from '@apollo/client/react';
import { hasEnded } from '@kiln/domain';
import { type JobPageData, transferQuery } from '../../lib/documents.ts';
import { bytes } from '../../lib/time.ts';
import { Icon } from '../../parts/icon.tsx';
import classes from './job.module.css';

/** Milliseconds. What a job moves is no event: it is asked for. */
const LOOK = 2000;

/** How far files are that go to the job or come home just now. */
export function Moving({ job }: { readonly job: JobPageData }) {
  const live = !hasEnded(job.status) && job.status !== 'waiting';
  const { data } = useQuery(transferQuery, { variables: { id: job.id }, skip: !live, pollInterval: LOOK, fetchPolicy: 'network-only' });
  const transfer = live ? data?.job?.transfer : null;
  if (!transfer) return null;
  return (
    <div className={classes['notes']}>
      <p>
        <Icon name="running" />{' '}
        <span className="tabular">
          {transfer.direction === 'in' ? 'Input is brought' : 'Results are brought home'}: {bytes(transfer.bytes)}, {bytes(transfer.rate)}/s
        </span>
      </p>
    </div>
  );
}
