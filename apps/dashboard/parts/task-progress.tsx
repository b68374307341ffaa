import type { TaskState } from '@kiln/domain';
import { TASK_LOOK } from '../lib/status.ts';
import { Progress } from './progress.tsx';

export type Counts = Readonly<Record<TaskState, number>> & { readonly total: number };

const SHOWN: readonly TaskState[] = ['succeeded', 'failed', 'cancelled', 'running', 'scheduled'];
const FILL: Partial<Record<TaskState, string>> = {
  cancelled: 'var(--kiln-cell-cancelled)',
  scheduled: 'var(--kiln-cell-scheduled)',
  succeeded: 'var(--kiln-cell-succeeded)',
};

/** How far the tasks of a job are. */
export function TaskProgress({ counts }: { readonly counts: Counts }) {
  const { total, succeeded, failed, cancelled } = counts;
  if (total === 0) return <span style={{ color: 'var(--mantine-color-dimmed)' }}>No tasks yet</span>;
  const states = SHOWN.map((name) => ({ name, count: counts[name], fill: FILL[name] ?? TASK_LOOK[name].color }));
  return <Progress noun="task" total={total} states={states} ended={succeeded + failed + cancelled} failed={failed} />;
}
