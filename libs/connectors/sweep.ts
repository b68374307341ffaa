import { type Connector, KnownError, type Parameter, type Parameters, type Problem, type Sweep, sweepOf } from '@kiln/domain';
import { sweepProblems } from './sweep-problems.ts';

/** Why the first iteration's sweep cannot be had: too many tasks, or a function that fails. Null if it can. */
export function firstSweepProblem(connector: Connector, parameters: Parameters): Problem | null {
  try {
    sweepOf(connector, parameters, 0);
    return null;
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    return { path: ['sweep'], code: error.code, message: error.message };
  }
}

/** A connector's sweep function whose results are what its type says; it throws a sentence if they are not. */
export function guarded(sweep: Extract<Connector['sweep'], (...args: never) => unknown>, parameters: readonly Parameter[]): typeof sweep {
  return (values, iteration) => {
    const result = sweep(values, iteration);
    const wrong = shapeProblem(result) ?? sweepProblems(result, parameters)[0]?.message;
    if (wrong) throw new Error(wrong);
    return result;
  };
}

/** A connector's author may have been wrong about types. */
function shapeProblem(sweep: unknown): string | null {
  if (sweep instanceof Promise) return 'it must return a map of lists, not a promise.';
  if (typeof sweep !== 'object' || sweep === null || Array.isArray(sweep)) return 'it must return a map of lists.';
  const [name] = Object.entries(sweep as Sweep).find(([, values]) => !Array.isArray(values)) ?? []; // any object has entries
  return name === undefined ? null : `the values of '${name}' must be a list.`;
}
