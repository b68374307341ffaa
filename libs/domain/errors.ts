/**
 * Stable codes of everything that is expected to go wrong. They are part of the API: clients branch on them.
 * A new code is added here first.
 */
export const ERROR_CODES = [
  'BAD_INPUT',
  'NOT_FOUND',
  'NOT_SIGNED_IN',
  'FORBIDDEN',
  'CONFLICT',
  'TOO_MANY_TASKS',
  'CONNECTOR_BROKEN',
  'CONNECTOR_INACTIVE',
  'PAYLOAD_MISSING',
  'PLATFORM_UNAVAILABLE',
  'CLOUD_UNAVAILABLE',
  'LOGIN_REFUSED',
  'HOST_KEY_CHANGED',
  'PLATFORM_BUSY',
  'SCHEDULER_REFUSED',
  'NO_WORKER',
  'DATABASE_AWAY',
  'STORAGE_UNWRITABLE',
  'DISK_FULL',
  'CURATOR_REFUSED',
  'TOO_FEW_NODES',
  'NODE_LOST',
  'TIME_LIMIT',
  'COST_LIMIT',
  'BOOTSTRAP_FAILED',
  'SCHEDULE_FAILED',
  'TASKS_FAILED',
  'CANCELLED',
  'CONNECTOR_CODE',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * An expected error. `message` is one sentence that a person can act on.
 * `retryable` says that the same call may succeed later without anybody changing the input: a job is then `blocked`,
 * never failed. Anything thrown that is not a `KnownError` is a bug and ends the job through `destroy`.
 */
export class KnownError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KnownError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** One thing that is wrong with a submission; `path` names the parameter, as in `['sweep', 'var']`. */
export interface Problem {
  readonly path: readonly string[];
  readonly code: ErrorCode;
  readonly message: string;
}
