import type { Parameter } from '@kiln/domain';
import { isSystemParameter, parameterNameProblem } from './names.ts';
import { plainProblem, valueProblem } from './value.ts';

/** What is wrong with a sweep map whose values are scalars; `name` is the parameter. */
export function valueProblems(
  sweep: Readonly<Record<string, readonly unknown[]>>,
  parameters: readonly Parameter[],
): { readonly name: string; readonly message: string }[] {
  return Object.entries(sweep).flatMap(([name, values]) => {
    const message = sweepProblem(
      name,
      values,
      parameters.find((parameter) => parameter.name === name),
    );
    return message === null ? [] : [{ name, message }];
  });
}

function sweepProblem(name: string, values: readonly unknown[], parameter: Parameter | undefined): string | null {
  if (isSystemParameter(name)) return `'${name}' cannot be swept, because it is the same for all tasks of a job.`;
  const badName = parameter ? null : parameterNameProblem(name);
  if (badName) return badName;
  if (values.length === 0) return `The sweep of '${name}' has no values; give at least one.`;
  for (const value of values) {
    const wrong = parameter ? valueProblem(parameter, value) : plainProblem(value);
    if (wrong) return `The sweep of '${name}' has ${shown(value)}, but ${name} ${wrong}.`;
  }
  return null;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
