import type { JobRow } from '@kiln/db/jobs';
import type { Failure, TaskState } from '@kiln/domain';
import { ref } from './graph.ts';

type Kind = 'Completed' | 'Failed' | 'Active' | 'Potential';

/** How a task ended, in the words of https://schema.org/ActionStatusType. */
export function taskStatus({ state, failure }: { readonly state: TaskState; readonly failure: Failure | null }) {
  const kind: Record<TaskState, Kind> = {
    waiting: 'Potential',
    scheduled: 'Potential',
    running: 'Active',
    succeeded: 'Completed',
    failed: 'Failed',
    cancelled: 'Failed',
  };
  return status(kind[state], failure ? `${failure.code}: ${failure.message}` : state === 'cancelled' ? 'It was cancelled.' : undefined);
}

export function attemptStatus(failure: Failure | null) {
  return status('Failed', failure ? `${failure.code}: ${failure.message}` : undefined);
}

export function jobStatus({ status: state, ending }: Pick<JobRow, 'status' | 'ending'>) {
  const kind: Record<JobRow['status'], Kind> = {
    waiting: 'Potential',
    active: 'Active',
    blocked: 'Active',
    succeeded: 'Completed',
    failed: 'Failed',
    cancelled: 'Failed',
  };
  return status(kind[state], ending?.message ?? (state === 'cancelled' ? 'It was cancelled.' : undefined));
}

/** `error` is only for what failed. */
function status(kind: Kind, error: string | undefined) {
  return { actionStatus: ref(`http://schema.org/${kind}ActionStatus`), ...(kind === 'Failed' && error !== undefined ? { error } : {}) };
}
