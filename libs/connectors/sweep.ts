import { type Connector, type ConnectorCode, fixedSweep, type Parameter, type Parameters, type Sweep } from '@kiln/domain';
import { valueProblems } from './sweep-problems.ts';

/** The sweep of a job's first iteration: what was submitted, else what the connector says. @throws KnownError if its function fails */
export async function firstSweep(connector: Connector, parameters: Parameters, code: Pick<ConnectorCode, 'sweep'>): Promise<Sweep> {
  return fixedSweep(connector, parameters) ?? code.sweep(parameters, 0, null);
}

/** What a sweep function gave, if it is a sweep. @throws Error with a sentence that says what is wrong */
export function checkedResult(result: unknown, parameters: readonly Parameter[]): Sweep {
  const wrong = shapeProblem(result) ?? valueProblems(result as Sweep, parameters)[0]?.message; // a map of lists, by then
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
