import { type FormSchema, submitted, type Values } from '../../submit/form-schema.ts';

/** What differs from the values of the job that is branched from. */
export function changedValues(form: FormSchema, values: Values, before: Values): Record<string, unknown> {
  return Object.fromEntries(Object.entries(submitted(form, values)).filter(([name, value]) => value !== before[name]));
}
