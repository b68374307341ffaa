import { isScheduler, megabytes, type Parameters, PLATFORM_KINDS, type Resources, seconds } from '@kiln/domain';
import { memoryText, walltimeText } from '../../../lib/resources-text.ts';

export interface RetryChoice {
  readonly what: 'memory' | 'time';
  /** The parameter that is asked for where the present amount is not known. */
  readonly parameter: string;
  /** Twice what the tasks have now, as a person writes it; null if that is not known. */
  readonly amount: string | null;
  /** The parameters that make it so. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Tasks failed for the lack of it. */
  readonly called: boolean;
}

interface Failed {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly failures: readonly { readonly code: string }[];
}

interface Place {
  readonly kind: string;
  readonly resources: Resources;
}

/** What failed tasks may be given more of on another try, as far as it has an effect where they run. */
export function retryChoices({ parameters, failures }: Failed, place: Place | undefined): RetryChoice[] {
  const kind = PLATFORM_KINDS.find((one) => one === place?.kind);
  const cluster = kind !== undefined && isScheduler(kind);
  const failedBy = (code: string) => failures.some((failure) => failure.code === code);
  const text = (name: keyof Parameters) => String(parameters[name] ?? '');

  const memory = megabytes(text('memory')) ?? place?.resources.memory ?? null;
  const amount = memory === null ? null : memoryText(memory * 2);
  const choices: RetryChoice[] = [];
  if (cluster) {
    const parameter = 'memory';
    choices.push({ what: 'memory', parameter, amount, parameters: amount ? { memory: amount } : {}, called: failedBy('OUT_OF_MEMORY') });
  }

  const walltime = cluster ? (seconds(text('walltime')) ?? place?.resources.walltime ?? null) : null;
  const limit = seconds(text('task_time_limit'));
  const called = failedBy('TIME_LIMIT');
  if (cluster || limit !== null || called) choices.push(moreTime({ walltime, task_time_limit: limit }, cluster, called));
  return choices;
}

/** The shorter of two limits is what counts; the other one grows as far as it must. */
function moreTime(limits: Readonly<Record<string, number | null>>, cluster: boolean, called: boolean): RetryChoice {
  const known = Object.entries(limits).flatMap(([name, limit]) => (limit === null ? [] : [{ name, limit }]));
  const wanted = 2 * Math.min(...known.map(({ limit }) => limit));
  const amount = known.length === 0 ? null : walltimeText(wanted);
  const raised = known.filter(({ limit }) => limit < wanted).map(({ name }) => [name, walltimeText(wanted)]);
  return { what: 'time', parameter: cluster ? 'walltime' : 'task_time_limit', amount, parameters: Object.fromEntries(raised), called };
}
