import { type Connector, countPoints, KnownError, MAX_TASKS, type Parameters, type Platform, type Sweep } from '@kiln/domain';
import { sweepProblems } from './define.ts';
import { defaultNodes } from './system-parameters.ts';

/**
 * The sweep of an iteration: the one that was submitted, else the connector's own. An empty one that was submitted is one task,
 * unless the connector chooses its values by a function. @throws KnownError CONNECTOR_CODE, TOO_MANY_TASKS
 */
export function sweepOf(connector: Connector, parameters: Parameters, iteration: number): Sweep {
  const given = parameters.sweep;
  const chooses = typeof connector.sweep === 'function';
  const sweep = typeof given === 'object' && !(chooses && Object.keys(given).length === 0) ? given : ownSweep(connector, parameters, iteration);
  const tooMany = tooManyTasks(sweep);
  if (tooMany) throw new KnownError('TOO_MANY_TASKS', tooMany);
  return sweep;
}

/** The sentence if a sweep has more points than a job may have tasks; null if not. */
export function tooManyTasks(sweep: Sweep): string | null {
  const count = countPoints(sweep);
  if (count <= MAX_TASKS) return null;
  return `The sweep makes ${words(count)} tasks, and a job may have at most ${words(MAX_TASKS)}; give fewer values.`;
}

/** How many machines a job asks for, and how few will do. */
export function requestedNodes(connector: Connector, platform: Platform, parameters: Parameters): { count: number; minimum: number } {
  if (platform.kind === 'unix') return { count: 1, minimum: 1 };
  const { nodes, minimum } = defaultNodes(connector, platform.maxNodes);
  return { count: Number(parameters.nodes ?? nodes), minimum: Number(parameters.minimum_nodes ?? minimum) };
}

function ownSweep(connector: Connector, parameters: Parameters, iteration: number): Sweep {
  if (typeof connector.sweep !== 'function') return connector.sweep;
  const sweep = called(connector.name, () => (typeof connector.sweep === 'function' ? connector.sweep(parameters, iteration) : connector.sweep));
  const wrong = shapeProblem(sweep) ?? sweepProblems(sweep, connector.parameters)[0]?.message;
  if (wrong) throw new KnownError('CONNECTOR_CODE', `The sweep function of '${connector.name}' gave something unfit: ${wrong}`);
  return sweep;
}

function called(name: string, action: () => Sweep): Sweep {
  try {
    return action();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KnownError('CONNECTOR_CODE', `The sweep function of '${name}' failed: ${reason}`, { cause: error });
  }
}

/** A connector's author may have been wrong about types. */
function shapeProblem(sweep: unknown): string | null {
  if (typeof sweep !== 'object' || sweep === null || Array.isArray(sweep)) return 'it must return a map of lists, at once.';
  const [name] = Object.entries(sweep).find(([, values]) => !Array.isArray(values)) ?? [];
  if (name !== undefined) return `the values of '${name}' must be a list.`;
  return typeof (sweep as { then?: unknown }).then === 'function' ? 'it must return a map of lists, not a promise.' : null; // any object may be asked
}

function words(count: number): string {
  return Number.isFinite(count) ? count.toLocaleString('en') : 'endlessly many';
}
