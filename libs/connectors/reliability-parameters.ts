import {
  CLOUD_LIMITS,
  type Connector,
  FAILURE_ADVICE,
  isTaskFailureCode,
  iterates,
  LIMIT_PARAMETERS,
  type Parameter,
  RETRY_PARAMETERS,
  seconds,
  words,
} from '@kiln/domain';
import { nearest } from './names.ts';
import { valueProblem } from './value.ts';

const NAMES = [...RETRY_PARAMETERS, ...LIMIT_PARAMETERS, 'maximum_iterations'] as const;
type ReliabilityName = (typeof NAMES)[number];

interface Field extends Omit<Parameter, 'name'> {
  readonly title: string;
  readonly help: string;
  /** What is wrong with its text, as what follows its name. */
  readonly problem?: (text: string) => string | null;
}

/** Unless a connector or a submission says otherwise. */
export const MOST_ITERATIONS = 20;

const SCHEDULER_ONLY = 'It has an effect where a scheduler is asked for memory or walltime, and elsewhere none.';
const onlyWhen = { parameter: 'reschedule_failed_tasks', equals: true } as const;
const timeLimit = (title: string, help: string): Field => ({
  ...{ type: 'string', section: 'reliability', default: '', title, problem: timeProblem },
  help: `${help} Such as 30m, 2h or 1-12:00:00; blank is no limit.`,
});

const FIELDS: Readonly<Record<ReliabilityName, Field>> = {
  reschedule_failed_tasks: {
    ...{ type: 'boolean', section: 'reliability', default: true, title: 'Schedule failed tasks again' },
    help: 'Tries a task that failed again, before it counts as failed.',
  },
  maximum_retries: {
    ...{ type: 'integer', section: 'reliability', default: 2, minimum: 0, maximum: 100, onlyWhen, title: 'Most retries' },
    help: 'How often one task is tried again.',
  },
  retry_delay: {
    ...{ type: 'number', section: 'reliability', default: 10, minimum: 0, maximum: 3600, onlyWhen, title: 'Delay of a retry' },
    help: 'Seconds before the first retry of a task; twice as long before each further one.',
  },
  retry_codes: {
    ...{ type: 'string', section: 'reliability', default: '', onlyWhen, title: 'Failures to retry', problem: codesProblem },
    help: `Only these: ${Object.keys(FAILURE_ADVICE).join(', ')}. Blank is every one that a retry may help.`,
  },
  retry_elsewhere: {
    ...{ type: 'boolean', section: 'reliability', default: false, onlyWhen, title: 'Retry on another machine' },
    help: 'On another than the one where the task failed, if the job has another.',
  },
  retry_growth: {
    ...{ type: 'number', section: 'reliability', default: 1.5, minimum: 1, maximum: 10, onlyWhen, title: 'Growth of a retry' },
    help: `A task that lacked memory or time gets so many times as much when it is tried again. ${SCHEDULER_ONLY}`,
  },
  max_failures: {
    ...{ type: 'string', section: 'reliability', default: '0', title: 'Failures that are tolerated', problem: failuresProblem },
    help: 'How many tasks of an iteration may fail while the job succeeds: a number such as 3, or a share such as 10%.',
  },
  task_time_limit: timeLimit('Time limit of a task', 'A task that runs longer is ended and has failed.'),
  stage_time_limit: timeLimit('Time limit of a stage', 'A job that is longer in one of its stages is ended and has failed.'),
  job_time_limit: timeLimit(
    'Time limit of the job',
    'A job that takes longer, since it was submitted or retried by hand, is ended and has failed.',
  ),
  idle_time_limit: timeLimit(
    'Time limit of idle machines',
    'On a cloud: a job on whose machines no task runs for longer is ended and has failed, and they are given back.',
  ),
  job_cost_limit: {
    ...{ type: 'string', section: 'reliability', default: '', title: 'Cost limit of the job', problem: costProblem },
    help: 'On a cloud with a price: a job whose machines have cost as much is ended and has failed, with what it has brought home. Blank is no limit.',
  },
  maximum_iterations: {
    ...{ type: 'integer', section: 'sweep', default: MOST_ITERATIONS, minimum: 1, maximum: 10_000, title: 'Most iterations' },
    help: 'The job ends after so many, also if it has not converged.',
  },
};

const PARAMETERS: ReadonlyMap<ReliabilityName, Parameter> = new Map(
  NAMES.map((name): [ReliabilityName, Parameter] => {
    const { problem: _, ...field } = FIELDS[name];
    return [name, { name, ...field }];
  }),
);

export function isReliability(name: string): name is ReliabilityName {
  return NAMES.some((one) => one === name);
}

type Shown = Pick<Connector, 'reliability' | 'transform' | 'converged' | 'runsOn'>;

/** Those that the connector's form has, in its order. */
export function reliabilityNames(connector: Shown): ReliabilityName[] {
  return [
    ...(connector.reliability ? RETRY_PARAMETERS : []),
    ...LIMIT_PARAMETERS.filter((name) => connector.runsOn.includes('cloud') || !CLOUD_LIMITS.includes(name)),
    ...(iterates(connector) ? ['maximum_iterations' as const] : []),
  ];
}

/** As its form has it, with the connector's default. */
export function reliabilityParameters(connector: Connector): Parameter[] {
  return reliabilityNames(connector).map((name) => {
    const given = connector.defaults[name];
    const parameter = PARAMETERS.get(name) ?? { name, ...FIELDS[name] };
    return given === undefined ? parameter : { ...parameter, default: asText(parameter.type, given) };
  });
}

/** `max_failures: 3` is meant as its text. */
export function asText<T>(type: Parameter['type'], given: T): T | string {
  return type === 'string' && Number.isSafeInteger(given) ? String(given) : given;
}

/** What is wrong with a value, as what follows the parameter's name; null if nothing. */
export function reliabilityProblem(name: ReliabilityName, given: unknown): string | null {
  const parameter = PARAMETERS.get(name) ?? { name, ...FIELDS[name] };
  const value = asText(parameter.type, given);
  const wrong = valueProblem(parameter, value);
  return wrong ?? (typeof value === 'string' && value.trim() !== '' ? (FIELDS[name].problem?.(value.trim()) ?? null) : null);
}

/** Why a connector cannot have a default for it; null if it can. */
export function misplacedDefault(name: ReliabilityName, connector: Shown): string | null {
  if (reliabilityNames(connector).includes(name)) return null;
  if (CLOUD_LIMITS.includes(name)) return 'is for a connector that runs on clouds';
  return name === 'maximum_iterations'
    ? 'is for a connector that iterates, by `transform` or `converged`'
    : 'is for a connector with `reliability: true`; add that';
}

const LONGEST_DAYS = 3650;

function timeProblem(text: string): string | null {
  const time = seconds(text);
  if (time === null) return 'must be a time such as 30m, 2h or 1-12:00:00';
  return time > LONGEST_DAYS * 86_400 ? `must be at most ${LONGEST_DAYS}d; leave it blank for no limit` : null;
}

function costProblem(text: string): string | null {
  return /^\d{1,9}(\.\d{1,6})?$/.test(text) && Number(text) > 0 ? null : 'must be an amount of money such as 20 or 0.5, without a currency';
}

function failuresProblem(text: string): string | null {
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(text)?.[1];
  if (share === undefined ? /^\d{1,9}$/.test(text) : Number(share) <= 100) return null;
  return 'must be a number of tasks such as 3, or a share of them such as 10%';
}

function codesProblem(text: string): string | null {
  const unknown = words(text).find((word) => !isTaskFailureCode(word));
  if (unknown === undefined) return null;
  const codes = Object.keys(FAILURE_ADVICE);
  const meant = nearest(unknown, codes);
  const short = unknown.length > 60 ? `${unknown.slice(0, 60)}…` : unknown;
  return `has '${short}', which is no code of a failure; ${meant === undefined ? `the codes are ${codes.join(', ')}` : `did you mean '${meant}'?`}`;
}
