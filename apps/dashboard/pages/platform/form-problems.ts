import { type Errors, FIELDS, type FieldName } from './draft.ts';

interface Problem {
  readonly path: readonly string[];
  readonly message: string;
}

/** What the API found wrong, at its fields; `rest` belongs to none. */
export function problemsByField(problems: readonly Problem[]): { readonly errors: Errors; readonly rest: readonly string[] } {
  const errors: Partial<Record<FieldName, string>> = {};
  const rest: string[] = [];
  for (const { path, message } of problems) {
    // connection.jumps.0.host belongs to the field of all jumps.
    const field = FIELDS.find((name) => path.join('.') === name || path.join('.').startsWith(`${name}.`));
    if (field === undefined) rest.push(message);
    else errors[field] = errors[field] === undefined ? message : `${errors[field]} ${message}`;
  }
  return { errors, rest };
}
