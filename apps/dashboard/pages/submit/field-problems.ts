import type { FormSchema, Values } from './form-schema.ts';

export interface FieldProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** Ours first: they are of this very moment; the server's where ours say nothing. */
export function allProblems(
  local: Readonly<Record<string, string>>,
  told: readonly FieldProblem[],
  sweep: string | null,
): readonly FieldProblem[] {
  const own: FieldProblem[] = Object.entries(local).map(([name, message]) => ({ path: [name], message }));
  if (sweep !== null) own.push({ path: ['sweep'], message: `Sweep: ${sweep}` });
  return [...own, ...told.filter(({ path }) => !own.some((one) => one.path[0] === path[0]))];
}

/** By field; what a row of the sweep says itself is not said again below it. */
export function errorsByField(problems: readonly FieldProblem[], sweep: string | null): Record<string, string> {
  const fields = problems.filter(({ path }) => path.length > 0 && !(path[0] === 'sweep' && sweep !== null));
  return Object.fromEntries(fields.map(({ path, message }) => [path.join('.'), message]));
}

/** Fields that were emptied: the form leaves them out, the values must forget them. */
export function cleared(shown: FormSchema, next: Values): Record<string, undefined> {
  return Object.fromEntries(Object.keys(shown.properties).flatMap((name) => (next[name] === undefined ? [[name, undefined]] : [])));
}
