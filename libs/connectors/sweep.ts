import {
  type Connector,
  KnownError,
  type Parameter,
  type Parameters,
  type Problem,
  type Sweep,
  type SweepFunction,
  sweepOf,
} from '@kiln/domain';
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
export function guarded(sweep: SweepFunction, parameters: readonly Parameter[]): SweepFunction {
  return (...given) => checkedResult(sweep(...given), parameters);
}

/** What a sweep function gave, if it is a sweep. @throws Error with a sentence that says what is wrong */
export function checkedResult(result: unknown, parameters: readonly Parameter[]): Sweep {
  const wrong = shapeProblem(result) ?? sweepProblems(result as Sweep, parameters)[0]?.message; // a map of lists, by then
  if (wrong) throw new Error(wrong);
  return result as Sweep; // whose values are scalars
}

/** A connector's author may have been wrong about types. */
function shapeProblem(sweep: unknown): string | null {
  if (sweep instanceof Promise) return 'it must return a map of lists, not a promise.';
  if (typeof sweep !== 'object' || sweep === null || Array.isArray(sweep)) return 'it must return a map of lists.';
  const [name] = Object.entries(sweep as Sweep).find(([, values]) => !Array.isArray(values)) ?? []; // any object has entries
  return name === undefined ? null : `the values of '${name}' must be a list.`;
}
