import type { Sweep } from '@kiln/client/sweep-documents';
import type { JobStatus } from '@kiln/domain';
import { many, number } from '../lib/time.ts';

const SHOWN: readonly JobStatus[] = ['succeeded', 'failed', 'cancelled', 'blocked', 'active'];
const FILL: Readonly<Record<JobStatus, string>> = {
  waiting: 'var(--kiln-cell-waiting)',
  active: 'var(--kiln-running)',
  blocked: 'var(--kiln-blocked)',
  succeeded: 'var(--kiln-cell-succeeded)',
  failed: 'var(--kiln-failed)',
  cancelled: 'var(--kiln-cell-cancelled)',
};

/** How far the jobs of a sweep are: a bar of states with the numbers beside it. */
export function SweepProgress({ counts }: { readonly counts: Sweep['counts'] }) {
  const { total, failed } = counts;
  const ended = counts.succeeded + failed + counts.cancelled;
  const states = SHOWN.filter((status) => counts[status] > 0).map((status) => `${number(counts[status])} ${status}`);
  const words = `${many(total, 'job')}: ${states.join(', ') || 'all waiting'}`;
  return (
    <div style={{ display: 'flex', alignItems: 'center', gap: 8, minWidth: 0 }}>
      <div
        role="progressbar"
        aria-label={words}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={ended}
        title={words}
        style={{
          display: 'flex',
          flex: '1 1 60px',
          minWidth: 40,
          height: 6,
          borderRadius: 3,
          overflow: 'hidden',
          background: FILL.waiting,
        }}
      >
        {SHOWN.map((status) => (
          <span key={status} style={{ width: `${(100 * counts[status]) / Math.max(1, total)}%`, background: FILL[status] }} />
        ))}
      </div>
      <span className="tabular" style={{ fontSize: 12, whiteSpace: 'nowrap', color: 'var(--mantine-color-dimmed)' }}>
        {number(ended)}/{number(total)}
        {failed > 0 && <span style={{ color: 'var(--kiln-failed)' }}> · {number(failed)} failed</span>}
      </span>
    </div>
  );
}
