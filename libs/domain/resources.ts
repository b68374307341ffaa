import type { Parameters } from './job.ts';

/** What each task asks of a batch scheduler; what is missing is left to the site. */
export interface Resources {
  /** Machines for one task; more than one is for programs that speak MPI. */
  readonly nodes?: number;
  /** Cores on each of its machines. */
  readonly cores?: number;
  /** Mebibytes on each of its machines. */
  readonly memory?: number;
  /** On each of its machines. */
  readonly gpus?: number;
  /** Seconds. */
  readonly walltime?: number;
  /** Queue or partition. */
  readonly queue?: string;
  readonly account?: string;
  readonly project?: string;
  readonly qos?: string;
  /** Further options as the scheduler's own directives have them: `--constraint=ib`. */
  readonly directives?: readonly string[];
}

/** The parameters of a submission that ask for resources; blank leaves it to the platform. */
export const RESOURCE_PARAMETERS = [
  'nodes_per_task',
  'cores',
  'memory',
  'gpus',
  'walltime',
  'queue',
  'account',
  'project',
  'qos',
  'directives',
  'tasks_per_element',
] as const;

/** What a submission asks for, over what the platform says. */
export function resourcesOf(parameters: Parameters, defaults: Resources): Resources {
  const text = (name: string) => String(parameters[name] ?? '').trim();
  const count = (name: string) => (Number(parameters[name] ?? 0) > 0 ? Number(parameters[name]) : undefined);
  const directives = text('directives')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean); // prettier by one chain
  const asked: Partial<Record<keyof Resources, unknown>> = {
    nodes: count('nodes_per_task'),
    cores: count('cores'),
    memory: megabytes(text('memory')) ?? undefined,
    gpus: count('gpus'),
    walltime: seconds(text('walltime')) ?? undefined,
    queue: text('queue') || undefined,
    account: text('account') || undefined,
    project: text('project') || undefined,
    qos: text('qos') || undefined,
    directives: directives.length > 0 ? directives : undefined,
  };
  return { ...defaults, ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)) };
}

const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1 / 1024, M: 1, G: 1024, T: 1024 * 1024 };

/** `4GB`, `500M`, `2 T` or a plain number of mebibytes; null if it is none of these. Rounded up. */
export function megabytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?$/i.exec(text.trim());
  const unit = UNITS[match?.[2]?.toUpperCase() ?? '?'];
  const size = match && unit ? Math.ceil(Number(match[1]) * unit) : 0;
  return size > 0 ? size : null;
}

/** `2-12:00:00` (days), `12:30:00`, `30:00` (minutes), `90m`, `4h`, `1d 12h`, `45s`; null if it is none of these or nothing. */
export function seconds(text: string): number | null {
  const clock = /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d\d)$/.exec(text.trim());
  const total = clock
    ? Number(clock[1] ?? 0) * 86_400 + Number(clock[2] ?? 0) * 3600 + Number(clock[3]) * 60 + Number(clock[4])
    : spelled(text.trim().toLowerCase());
  return total > 0 ? total : null;
}

const SPANS: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };

function spelled(text: string): number {
  if (!/^(\d+\s*[dhms][a-z]*\s*)+$/.test(text)) return 0;
  return [...text.matchAll(/(\d+)\s*([dhms])/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (SPANS[unit ?? ''] ?? 0), 0);
}
