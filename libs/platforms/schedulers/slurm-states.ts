import type { TaskFailureCode } from '@kiln/domain';
import type { QueueState } from './scheduler.ts';

/**
 * https://slurm.schedmd.com/job_state_codes.html, and the flags that squeue shows in place of a state.
 * `end` says how a job ended that has this state; null: it has not, or its exit code tells.
 */
export const SLURM_STATES = {
  PENDING: { queue: 'waiting', end: null },
  CONFIGURING: { queue: 'starting', end: null },
  POWER_UP_NODE: { queue: 'starting', end: null },
  RUNNING: { queue: 'running', end: null },
  SIGNALING: { queue: 'running', end: null },
  RESIZING: { queue: 'running', end: null },
  EXPEDITING: { queue: 'requeued', end: null },
  SUSPENDED: { queue: 'suspended', end: null },
  STOPPED: { queue: 'suspended', end: null },
  REQUEUED: { queue: 'requeued', end: null },
  REQUEUE_FED: { queue: 'requeued', end: null },
  REQUEUE_HOLD: { queue: 'held', end: null },
  SPECIAL_EXIT: { queue: 'held', end: null },
  RESV_DEL_HOLD: { queue: 'held', end: null },
  COMPLETING: { queue: 'ending', end: null },
  STAGE_OUT: { queue: 'ending', end: null },
  COMPLETED: { queue: 'ended', end: 'EXIT' },
  FAILED: { queue: 'ended', end: 'EXIT' },
  CANCELLED: { queue: 'ended', end: 'CANCELLED_BY_ADMINISTRATOR' },
  TIMEOUT: { queue: 'ended', end: 'TIME_LIMIT' },
  DEADLINE: { queue: 'ended', end: 'TIME_LIMIT' },
  OUT_OF_MEMORY: { queue: 'ended', end: 'OUT_OF_MEMORY' },
  PREEMPTED: { queue: 'ended', end: 'PREEMPTED' },
  NODE_FAIL: { queue: 'ended', end: 'NODE_FAILED' },
  BOOT_FAIL: { queue: 'ended', end: 'NODE_FAILED' },
  LAUNCH_FAILED: { queue: 'ended', end: 'NODE_FAILED' },
  RECONFIG_FAIL: { queue: 'ended', end: 'NODE_FAILED' },
  REVOKED: { queue: 'ended', end: 'LOST' },
} as const satisfies Readonly<Record<string, { readonly queue: QueueState; readonly end: TaskFailureCode | null }>>;

export function isSlurmState(word: string): word is keyof typeof SLURM_STATES {
  return Object.hasOwn(SLURM_STATES, word);
}

/** Somebody, or Slurm after a failed start, holds the job back. Elements of an array that wait share a line, so every reason must be a hold. */
export function isHold(reason: string): boolean {
  return reason.split(',').every((one) => /^JobHeld(User|Admin)$|^JobHoldMaxRequeue$|requeued held$/.test(one.trim()));
}

/**
 * https://slurm.schedmd.com/job_reason_codes.html: those of PENDING that waiting does not mend, with what a person can do.
 * Limits of what a group or a user has in use at once are not among them: they pass when other jobs end.
 */
const HOPELESS: readonly (readonly [RegExp, string])[] = [
  [/^BadConstraints$/, 'no machine has what it asks for together; ask for fewer cores, memory, GPUs or features'],
  [/^PartitionConfig$/, 'the partition cannot give what it asks for; ask for less, or choose another partition'],
  [/^PartitionNodeLimit$/, 'it asks for more machines than the partition gives; ask for fewer, or choose another partition'],
  [/^PartitionTimeLimit$/, 'it asks for more walltime than the partition gives; ask for less, or choose another partition'],
  [/^(Assoc|QOS)Max(Wall|\w*Minutes)\w*Per_?Job/, 'it asks for more walltime than its account or QOS may; ask for less'],
  [/^(Assoc|QOS)Max\w*Per_?(Job|Node)/, 'it asks for more in one job than its account or QOS may; ask for less'],
  [/^QOSMin(?!\w*Usage)/, 'it asks for less than its QOS gives; choose another QOS'],
  [/^MaxMemPerLimit$/, 'it asks for more memory than one job may have here; ask for less'],
  [
    /^(Invalid(Account|QOS)|AccountNotAllowed|QOSNotAllowed)$/,
    'its account or QOS may not be used there; choose another account, QOS or partition',
  ],
  [/^DependencyNeverSatisfied$/, 'the job that it depends on failed'],
  [/^ReservationDeleted$/, 'the reservation that it asks for is gone'],
];

/** Why a job with this reason can never run; null if it may. */
export function hopelessReason(reason: string): string | null {
  const whys = reason.split(',').map((one) => HOPELESS.find(([pattern]) => pattern.test(one.trim()))?.[1]);
  const [why] = whys;
  return why !== undefined && whys.every(Boolean) ? `Slurm would never start it (${reason}): ${why}.` : null;
}
