import type { FormSchema, Property, Values } from './form-schema.ts';

/** What is wrong with each field, by its name. Blank required fields count only when `complete` is asked for. */
export function checkValues({ properties, required = [] }: FormSchema, values: Values, complete: boolean): Record<string, string> {
  const wrong: Record<string, string> = {};
  for (const [name, property] of Object.entries(properties)) {
    const value = values[name];
    const title = property.title ?? name;
    if (value === undefined) {
      if (complete && required.includes(name)) wrong[name] = `${title} is needed.`;
      continue;
    }
    const what = problemOf(property, value);
    if (what !== null) wrong[name] = `${title} ${what}.`;
  }
  return wrong;
}

// The page's Content-Security-Policy forbids compiled validators such as Ajv's; a flat form needs no more than this.
function problemOf(property: Property, value: unknown): string | null {
  switch (property.type) {
    case 'integer':
      if (!Number.isSafeInteger(value)) return 'must be a whole number';
      return outOfRange(property, Number(value));
    case 'number':
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number';
      return outOfRange(property, value);
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be on or off';
    case 'string':
      return typeof value === 'string' ? textProblem(property, value) : 'must be text';
    case 'object':
      return null; // the sweep has a check of its own
  }
}

function outOfRange({ minimum, maximum, oneOf }: Property, value: number): string | null {
  if (oneOf && !oneOf.some((option) => option.const === value)) return 'must be one of the choices';
  if (minimum !== undefined && value < minimum) return `must be at least ${minimum}`;
  return maximum !== undefined && value > maximum ? `must be at most ${maximum}` : null;
}

function textProblem({ oneOf, pattern, maxLength }: Property, value: string): string | null {
  if (oneOf && !oneOf.some((option) => option.const === value)) return 'must be one of the choices';
  if (maxLength !== undefined && value.length > maxLength) return `must be at most ${maxLength} characters`;
  return pattern !== undefined && !new RegExp(pattern, 'u').test(value) ? `must match the pattern ${pattern}` : null;
}
