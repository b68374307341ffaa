import type { Connector } from './connector.ts';
import { KnownError } from './errors.ts';
import type { Parameters } from './job.ts';
import type { Platform } from './platform.ts';
import { countPoints, MAX_TASKS, type Sweep } from './sweep.ts';

/**
 * The sweep of one iteration: what was submitted, else what the connector says.
 * @throws KnownError CONNECTOR_CODE if the connector's function fails, TOO_MANY_TASKS or BAD_INPUT if its points are too many or none.
 */
export function sweepOf(connector: Connector, parameters: Parameters, iteration: number): Sweep {
  const given = parameters.sweep;
  const sweep = typeof given === 'object' ? given : fromConnector(connector, parameters, iteration);
  const count = countPoints(sweep);
  if (count === 0)
    throw new KnownError('BAD_INPUT', `The sweep of iteration ${iteration} has a parameter without values; give at least one.`);
  if (count > MAX_TASKS) {
    const most = MAX_TASKS.toLocaleString('en');
    throw new KnownError(
      'TOO_MANY_TASKS',
      `The sweep has ${count.toLocaleString('en')} tasks; a job may have ${most}. Sweep over fewer values.`,
    );
  }
  return sweep;
}

function fromConnector(connector: Connector, parameters: Parameters, iteration: number): Sweep {
  if (typeof connector.sweep !== 'function') return connector.sweep;
  try {
    return connector.sweep(parameters, iteration);
  } catch (error) {
    throw new KnownError('CONNECTOR_CODE', `The sweep function of ${connector.name} failed: ${String(error)}`, { cause: error });
  }
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
