import type { JobStatus, TaskState } from '@kiln/domain';
import type { IconName } from '../parts/icon.tsx';

/** What every colour, icon and letter means; the same on every page. */
export interface Look {
  readonly label: string;
  readonly icon: IconName;
  /** CSS variable of `theme.css`. */
  readonly color: string;
}

export const JOB_LOOK: Readonly<Record<JobStatus, Look>> = {
  active: { label: 'Active', icon: 'running', color: 'var(--kiln-running)' },
  blocked: { label: 'Blocked', icon: 'blocked', color: 'var(--kiln-blocked)' },
  succeeded: { label: 'Succeeded', icon: 'check', color: 'var(--kiln-succeeded)' },
  failed: { label: 'Failed', icon: 'cross', color: 'var(--kiln-failed)' },
  cancelled: { label: 'Cancelled', icon: 'stopped', color: 'var(--kiln-cancelled)' },
};

export const TASK_LOOK: Readonly<Record<TaskState, Look>> = {
  waiting: { label: 'Waiting', icon: 'waiting', color: 'var(--kiln-waiting)' },
  scheduled: { label: 'Scheduled', icon: 'scheduled', color: 'var(--kiln-scheduled)' },
  running: { label: 'Running', icon: 'running', color: 'var(--kiln-running)' },
  succeeded: { label: 'Succeeded', icon: 'check', color: 'var(--kiln-succeeded)' },
  failed: { label: 'Failed', icon: 'cross', color: 'var(--kiln-failed)' },
  cancelled: { label: 'Cancelled', icon: 'stopped', color: 'var(--kiln-cancelled)' },
};
