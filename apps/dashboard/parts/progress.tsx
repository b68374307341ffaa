import type { TaskState } from '@kiln/domain';
import { TASK_LOOK } from '../lib/status.ts';
import { many, number } from '../lib/time.ts';

export type Counts = Readonly<Record<TaskState, number>> & { readonly total: number };

const SHOWN: readonly TaskState[] = ['succeeded', 'failed', 'cancelled', 'running', 'scheduled'];
const FILL: Partial<Record<TaskState, string>> = {
  cancelled: 'var(--kiln-cell-cancelled)',
  scheduled: 'var(--kiln-cell-scheduled)',
  succeeded: 'var(--kiln-cell-succeeded)',
};

/** How far the tasks of a job are: a bar of states with the numbers beside it. */
export function TaskProgress({ counts }: { readonly counts: Counts }) {
  const { total, succeeded, failed } = counts;
  if (total === 0) return <span style={{ color: 'var(--mantine-color-dimmed)' }}>No tasks yet</span>;
  const ended = succeeded + failed + counts.cancelled;
  const words = `${many(total, 'task')}: ${
    SHOWN.filter((state) => counts[state] > 0)
      .map((state) => `${number(counts[state])} ${state}`)
      .join(', ') || 'all waiting'
  }`;
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
          background: 'var(--kiln-cell-waiting)',
        }}
      >
        {SHOWN.map((state) => (
          <span key={state} style={{ width: `${(100 * counts[state]) / total}%`, background: FILL[state] ?? TASK_LOOK[state].color }} />
        ))}
      </div>
      <span className="tabular" style={{ fontSize: 12, whiteSpace: 'nowrap', color: 'var(--mantine-color-dimmed)' }}>
        {number(ended)}/{number(total)}
        {failed > 0 && <span style={{ color: 'var(--kiln-failed)' }}> · {number(failed)} failed</span>}
      </span>
    </div>
  );
}
