import {
  type Finding,
  type JobStatus,
  NODE_STATES,
  type NodeState,
  PLATFORM_STATES,
  type PlatformState,
  type TaskState,
} from '@kiln/domain';
import type { IconName } from '../parts/icon.tsx';

/** What every colour, icon and letter means; the same on every page. */
export interface Look {
  readonly label: string;
  readonly icon: IconName;
  /** CSS variable of `theme.css`. */
  readonly color: string;
}

export const JOB_LOOK: Readonly<Record<JobStatus, Look>> = {
  waiting: { label: 'Waiting', icon: 'waiting', color: 'var(--kiln-waiting)' },
  active: { label: 'Active', icon: 'running', color: 'var(--kiln-running)' },
  blocked: { label: 'Blocked', icon: 'blocked', color: 'var(--kiln-blocked)' },
  succeeded: { label: 'Succeeded', icon: 'check', color: 'var(--kiln-succeeded)' },
  failed: { label: 'Failed', icon: 'cross', color: 'var(--kiln-failed)' },
  cancelled: { label: 'Cancelled', icon: 'stopped', color: 'var(--kiln-cancelled)' },
};

/** What fills a job's share of a bar or its cell of a map. */
export const JOB_FILL: Readonly<Record<JobStatus, string>> = {
  waiting: 'var(--kiln-cell-waiting)',
  active: 'var(--kiln-running)',
  blocked: 'var(--kiln-blocked)',
  succeeded: 'var(--kiln-cell-succeeded)',
  failed: 'var(--kiln-failed)',
  cancelled: 'var(--kiln-cell-cancelled)',
};

export const TASK_LOOK: Readonly<Record<TaskState, Look>> = {
  waiting: { label: 'Waiting', icon: 'waiting', color: 'var(--kiln-waiting)' },
  scheduled: { label: 'Scheduled', icon: 'scheduled', color: 'var(--kiln-scheduled)' },
  running: { label: 'Running', icon: 'running', color: 'var(--kiln-running)' },
  succeeded: { label: 'Succeeded', icon: 'check', color: 'var(--kiln-succeeded)' },
  failed: { label: 'Failed', icon: 'cross', color: 'var(--kiln-failed)' },
  cancelled: { label: 'Cancelled', icon: 'stopped', color: 'var(--kiln-cancelled)' },
};

/** The API gives states of nodes as text. */
export function nodeLook(state: string): Look {
  return NODE_LOOK[NODE_STATES.find((one) => one === state.toLowerCase()) ?? 'running'];
}

const NODE_LOOK: Readonly<Record<NodeState, Look>> = {
  running: { label: 'Running', icon: 'running', color: 'var(--kiln-running)' },
  ready: { label: 'Ready', icon: 'check', color: 'var(--kiln-succeeded)' },
  lost: { label: 'Lost', icon: 'cross', color: 'var(--kiln-failed)' },
  destroyed: { label: 'Destroyed', icon: 'stopped', color: 'var(--kiln-cancelled)' },
};

/** The API gives states of platforms as text. */
export function platformLook(state: string): Look {
  return PLATFORM_LOOK[PLATFORM_STATES.find((one) => one === state) ?? 'trouble'];
}

const PLATFORM_LOOK: Readonly<Record<PlatformState, Look>> = {
  checking: { label: 'Checking', icon: 'running', color: 'var(--kiln-running)' },
  ready: { label: 'Ready', icon: 'check', color: 'var(--kiln-succeeded)' },
  trouble: { label: 'Trouble', icon: 'blocked', color: 'var(--kiln-failed)' },
};

/** Of a machine as its cloud lists it; the API gives the state as text. */
export function machineLook(state: string): Look {
  return MACHINE_LOOK[(['coming', 'up'] as const).find((one) => one === state) ?? 'failed'];
}

const MACHINE_LOOK: Readonly<Record<'coming' | 'up' | 'failed', Look>> = {
  coming: { label: 'Coming', icon: 'running', color: 'var(--kiln-running)' },
  up: { label: 'Up', icon: 'check', color: 'var(--kiln-succeeded)' },
  failed: { label: 'Failed', icon: 'cross', color: 'var(--kiln-failed)' },
};

export function findingLook(status: string): Look {
  return FINDING_LOOK[(['ok', 'warning'] as const).find((one) => one === status) ?? 'failed'];
}

const FINDING_LOOK: Readonly<Record<Finding['status'], Look>> = {
  ok: { label: 'Fine', icon: 'check', color: 'var(--kiln-succeeded)' },
  warning: { label: 'Warning', icon: 'blocked', color: 'var(--kiln-blocked)' },
  failed: { label: 'Failed', icon: 'cross', color: 'var(--kiln-failed)' },
};
