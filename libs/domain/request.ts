import type { Connector } from './connector.ts';
import { KnownError } from './errors.ts';
import type { Parameters } from './job.ts';
import type { Platform } from './platform.ts';
import { countPoints, MAX_TASKS, type Sweep } from './sweep.ts';

/** The sweep that is the same in every iteration; null if the connector's function chooses. */
export function fixedSweep(connector: Connector, parameters: Parameters): Sweep | null {
  if (typeof parameters.sweep === 'object') return parameters.sweep;
  return typeof connector.sweep === 'function' ? null : connector.sweep;
}

/** A sweep that has points, and with `sets` input sets not too many tasks. @throws KnownError TOO_MANY_TASKS, BAD_INPUT */
export function checkedSweep(sweep: Sweep, sets: number): Sweep {
  const count = countPoints(sweep) * sets;
  if (count === 0) throw new KnownError('BAD_INPUT', 'The sweep has a parameter without values; give at least one.');
  if (count > MAX_TASKS) {
    const most = MAX_TASKS.toLocaleString('en');
    const message = `The sweep has ${count.toLocaleString('en')} tasks; a job may have ${most} in one iteration. Sweep over fewer values.`;
    throw new KnownError('TOO_MANY_TASKS', message);
  }
  return sweep;
}

/** How many nodes a job with this many tasks uses, and with how few it goes on: never more than it has tasks. */
export function wantedNodes(
  platform: Platform,
  parameters: Parameters,
  tasks: number,
): { readonly count: number; readonly minimum: number } {
  const { count, minimum } = requestedNodes(platform, parameters);
  return { count: Math.min(count, tasks), minimum: Math.min(minimum, tasks) };
}

/** How many nodes a job asks for, and with how few it goes on. */
export function requestedNodes(platform: Platform, parameters: Parameters): { readonly count: number; readonly minimum: number } {
  if (platform.kind !== 'cloud') return { count: 1, minimum: 1 };
  return { count: Number(parameters.nodes ?? 1), minimum: Number(parameters.minimum_nodes ?? 1) };
}
