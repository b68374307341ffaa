import { type Connector, isScheduler, type Platform, type QueueFacts, resourcesOf, type Value } from '@kiln/domain';
import type { Report } from './check-parameters.ts';
import { RESOURCE_NAMES, resourceParameter, resourceProblem } from './resource-parameters.ts';
import { converted } from './value.ts';

/**
 * What each task asks of the scheduler: what was given, else what the connector says. Where there is no scheduler it is neither
 * checked nor kept, so that the same submission runs on another platform by one word.
 */
export function checkResources(
  connector: Connector,
  given: ReadonlyMap<string, unknown>,
  platform: Platform | undefined,
  report: Report,
): void {
  if (!platform || !isScheduler(platform.kind)) return;
  const before = report.problems.length;
  const asked: Record<string, Value> = {};
  for (const name of RESOURCE_NAMES) {
    const raw = given.get(name) ?? connector.defaults[name];
    if (raw === undefined || (typeof raw === 'string' && raw.trim() === '')) continue;
    const value = converted(resourceParameter(name).type, raw) as Value; // if it is none, the check says so
    const wrong = resourceProblem(name, value);
    if (wrong) report.add(name, `${name} ${wrong}.`);
    else asked[name] = typeof value === 'string' ? value.trim() : value;
  }
  if (report.problems.length > before) return;
  for (const [name, value] of Object.entries(asked)) report.values.set(name, value);
  checkQueue(asked, platform, report);
}

/** Against what the last check of the platform found. */
function checkQueue(asked: Readonly<Record<string, Value>>, platform: Platform, report: Report): void {
  const queues = platform.facts?.scheduler?.queues ?? [];
  if (queues.length === 0) return;
  const { queue, walltime } = resourcesOf(asked, platform.settings.resources);
  const wanted = queue === undefined ? queues.filter(({ isDefault }) => isDefault) : namedQueues(queue, queues);
  if (wanted === null) {
    const names = queues.map(({ name }) => name).join(', ');
    report.add('queue', `'${platform.name}' has no queue '${queue}'; choose one of ${names}.`);
    return;
  }
  const limits = wanted.map(({ maxWalltime }) => maxWalltime ?? Number.POSITIVE_INFINITY);
  const most = Math.max(...limits);
  if (walltime === undefined || limits.length === 0 || walltime <= most) return;
  const where = wanted.map(({ name }) => `'${name}'`).join(' or ');
  report.add('walltime', `walltime (${clock(walltime)}) is longer than the queue ${where} of '${platform.name}' allows: ${clock(most)}.`);
}

/** Slurm takes a list of partitions, Grid Engine a queue at a host. Null if one of them is none. */
function namedQueues(text: string, queues: readonly QueueFacts[]): readonly QueueFacts[] | null {
  const names = text.split(',').map((one) => one.split('@')[0]);
  const found = queues.filter(({ name }) => names.includes(name));
  return found.length === new Set(names).size ? found : null;
}

/** As schedulers write it: `2-12:00:00`, `01:30:00`. */
function clock(total: number): string {
  const days = Math.floor(total / 86_400);
  const parts = [Math.floor((total % 86_400) / 3600), Math.floor((total % 3600) / 60), total % 60];
  return `${days > 0 ? `${days}-` : ''}${parts.map((part) => String(part).padStart(2, '0')).join(':')}`;
}
