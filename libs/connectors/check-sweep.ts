import { type Connector, type Parameter, type Sweep, sweepProblems } from '@kiln/domain';
import type { Report } from './check-parameters.ts';
import { valueProblems } from './sweep-problems.ts';
import { converted } from './value.ts';

/**
 * The submitted sweep (a map of lists, or its JSON as text) with values of the declared types; else the connector's own map. Names that
 * the connector does not know are fine: they multiply tasks. An empty map is one task, unless the connector chooses by a function.
 * Undefined if the connector chooses, or if what was given is not a sweep.
 */
export function checkSweep(connector: Connector, given: unknown, report: Report): Sweep | undefined {
  const chosen = typeof connector.sweep === 'function' ? undefined : connector.sweep;
  const sweep = given === undefined ? chosen : submittedSweep(connector, given, report);
  if (!sweep || (!chosen && Object.keys(sweep).length === 0)) return undefined;
  report.addAll(sweepProblems(sweep));
  return sweep;
}

function submittedSweep(connector: Connector, given: unknown, report: Report): Sweep | undefined {
  const map = parsed(given);
  if (!isRecord(map)) {
    report.add('sweep', 'sweep must be a map of name and list of values, such as {"seed": [1, 2]}.');
    return undefined;
  }
  const lists = listsOf(map, connector.parameters, report);
  const problems = valueProblems(lists, connector.parameters);
  for (const { name, message } of problems) report.add(['sweep', name], message);
  if (problems.length > 0 || Object.keys(lists).length < Object.keys(map).length) return undefined;
  return lists as Sweep; // every value has been found to be a scalar
}

function listsOf(map: Record<string, unknown>, parameters: readonly Parameter[], report: Report): Record<string, unknown[]> {
  const lists = Object.entries(map).flatMap(([name, given]) => {
    const values = parsed(given);
    if (Array.isArray(values)) {
      const type = parameters.find((parameter) => parameter.name === name)?.type;
      return [[name, type ? values.map((value: unknown) => converted(type, value)) : values] as const];
    }
    report.add(['sweep', name], `The sweep of '${name}' must be a list of values, such as [1, 2].`);
    return [];
  });
  return Object.fromEntries(lists);
}

function parsed(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given);
  } catch (error) {
    if (error instanceof SyntaxError) return given; // told as what it is not
    throw error;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
