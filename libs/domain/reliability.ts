import { isTaskFailureCode, type TaskFailureCode } from './failure.ts';
import type { Parameters, Task } from './job.ts';
import { seconds } from './resources.ts';

/** The parameters of a connector that asks for the section: what becomes of a task that failed. */
export const RETRY_PARAMETERS = [
  'reschedule_failed_tasks',
  'maximum_retries',
  'retry_delay',
  'retry_codes',
  'retry_elsewhere',
  'retry_growth',
] as const;

/** The parameters of every connector: how many failures, how much time and money a job may have. Times as in `walltime`; blank is no limit. */
export const LIMIT_PARAMETERS = [
  'max_failures',
  'task_time_limit',
  'stage_time_limit',
  'job_time_limit',
  'idle_time_limit',
  'job_cost_limit',
] as const;

/** Those of them that have an effect on machines that are made for a job alone. */
export const CLOUD_LIMITS: readonly string[] = ['idle_time_limit', 'job_cost_limit'];

export interface Reliability {
  /** Retries of one task that Kiln begins by itself; 0 if failed tasks are not scheduled again. */
  readonly maximumRetries: number;
  /** Seconds before the first retry of a task; twice as long before each further one. */
  readonly delay: number;
  /** Only these codes are retried; null is every code that a retry may help. */
  readonly codes: readonly TaskFailureCode[] | null;
  /** On another node than the one where it failed, if there is another. */
  readonly elsewhere: boolean;
  /** A task that lacked memory or time gets so many times as much on the retry. */
  readonly growth: number;
}

/** What a submission says of retries; without the section nothing is retried. */
export function reliabilityOf(parameters: Parameters): Reliability {
  const asked = parameters['reschedule_failed_tasks'] === true;
  const codes = words(parameters['retry_codes']).filter(isTaskFailureCode);
  return {
    maximumRetries: asked ? Number(parameters['maximum_retries'] ?? 2) : 0,
    delay: Number(parameters['retry_delay'] ?? 10),
    codes: codes.length > 0 ? codes : null,
    elsewhere: parameters['retry_elsewhere'] === true,
    growth: Number(parameters['retry_growth'] ?? 1.5),
  };
}

/** Upper-case words between blanks or commas. */
export function words(text: unknown): readonly string[] {
  return String(text ?? '')
    .toUpperCase()
    .split(/[\s,]+/)
    .filter(Boolean);
}

/** How many of `total` tasks may fail beyond recovery in an iteration while the job succeeds: `3` or `10%`. */
export function toleratedFailures(parameters: Parameters, total: number): number {
  const text = String(parameters['max_failures'] ?? '0').trim();
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  return share === undefined ? Number(text) || 0 : Math.floor((total * Number(share)) / 100);
}

/** Seconds; null is no limit. */
export interface TimeLimits {
  readonly task: number | null;
  /** One stay in a stage. */
  readonly stage: number | null;
  /** Since the job was submitted, or retried by hand. */
  readonly job: number | null;
  /** Without a task on machines that were made for the job. */
  readonly idle: number | null;
}

export function timeLimitsOf(parameters: Parameters): TimeLimits {
  const limit = (name: string) => seconds(String(parameters[name] ?? '').trim()) || null;
  return { task: limit('task_time_limit'), stage: limit('stage_time_limit'), job: limit('job_time_limit'), idle: limit('idle_time_limit') };
}

/** What a job may cost, in the currency of its platform's price; null is no limit. */
export function costLimitOf(parameters: Parameters): number | null {
  const text = String(parameters['job_cost_limit'] ?? '').trim();
  return text === '' ? null : Number(text);
}

/** A task that lacked memory or time gets so many times as much as its job asks for. */
export interface Boost {
  readonly memory: number;
  readonly time: number;
}

export const NO_BOOST: Boost = { memory: 1, time: 1 };

/** How a failed task is tried again. */
export interface Retry {
  /** ISO 8601: not before. */
  readonly notBefore: string;
  /** The node that it had better not have again; null is any. */
  readonly avoid: string | null;
  readonly boost: Boost;
  /** It does not count as one of its retries: its machine failed, not the task. */
  readonly free: boolean;
}

const LONGEST_DELAY = 3600;
/** Another try would meet the same. */
const HOPELESS: readonly TaskFailureCode[] = ['REFUSED', 'CANCELLED_BY_ADMINISTRATOR'];

/**
 * The retry of a task that was lost with its machine, when others are left: at once, and no matter how many it had. Null where the
 * submission says that failed tasks are not to be scheduled again.
 */
export function retryOfLost({ boost }: Pick<Task, 'boost'>, parameters: Parameters, now: number): Retry | null {
  if (parameters['reschedule_failed_tasks'] === false) return null;
  return { free: true, notBefore: new Date(now).toISOString(), avoid: null, boost };
}

/** The retry that a failed task has left; null if it failed beyond recovery. `now` in milliseconds since 1970. */
export function retryOf(
  { failure, retries, node, boost }: Pick<Task, 'failure' | 'retries' | 'node' | 'boost'>,
  { maximumRetries, delay, codes, elsewhere, growth }: Reliability,
  now: number,
): Retry | null {
  const code = failure?.code ?? 'LOST';
  if (retries >= maximumRetries || (codes ? !codes.includes(code) : HOPELESS.includes(code))) return null;
  const pause = Math.min(LONGEST_DELAY, delay * 2 ** retries);
  return {
    free: false,
    notBefore: new Date(now + pause * 1000).toISOString(),
    avoid: elsewhere ? node : null,
    boost: {
      memory: code === 'OUT_OF_MEMORY' ? boost.memory * growth : boost.memory,
      time: code === 'TIME_LIMIT' ? boost.time * growth : boost.time,
    },
  };
}
