import type { Value } from '@kiln/domain';

export const SECTION_TITLES: readonly (readonly [name: string, title: string])[] = [
  ['compute', 'Compute'],
  ['locations', 'Locations'],
  ['curation', 'Curation'],
  ['reliability', 'Reliability'],
  ['sweep', 'Sweep of tasks'],
  ['domain', 'Parameters'],
];

/** By section, what most submissions leave as it is: it is folded. */
export const RARE: Readonly<Record<string, { readonly title: string; readonly names: readonly string[] }>> = {
  compute: {
    title: 'GPUs, account, and more for the scheduler',
    names: ['gpus', 'nodes_per_task', 'account', 'project', 'qos', 'directives', 'tasks_per_element'],
  },
  reliability: {
    title: 'Limits of time and failures, and more',
    names: [
      ...['retry_delay', 'retry_codes', 'retry_elsewhere', 'retry_growth'],
      ...['max_failures', 'task_time_limit', 'stage_time_limit', 'job_time_limit'],
    ],
  },
};

export type Values = Readonly<Record<string, unknown>>;

/** A property of a connector's form, as the API gives it. */
export interface Property {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'object';
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly oneOf?: readonly { readonly const: Value; readonly title?: string; readonly description?: string }[];
  readonly 'x-section'?: string;
  /** `equals` is a list where several values will do. */
  readonly 'x-only-when'?: { readonly parameter: string; readonly equals: Value | readonly Value[] };
}

export interface FormSchema {
  readonly properties: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
}

/** The form of a connector. Its shape is the API's contract: a flat object of properties. */
export function formOf(form: Readonly<Record<string, unknown>>): FormSchema {
  return { properties: {}, ...form } as FormSchema; // the contract, see above
}

export function defaultsOf({ properties }: FormSchema): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) => (property.default === undefined ? [] : [[name, property.default]])),
  );
}

/** Those of `given` that the form has, over the defaults. */
export function filled(form: FormSchema, given: Values): Record<string, unknown> {
  const known = Object.entries(given).filter(([name]) => name in form.properties);
  return { ...defaultsOf(form), ...Object.fromEntries(known) };
}

/** The form without what `x-only-when` hides at these values; what depends on a hidden field is hidden too. */
export function shownForm(form: FormSchema, values: Values): FormSchema {
  const shown = new Set<string>();
  for (const [name, property] of Object.entries(form.properties)) {
    const condition = property['x-only-when'];
    if (!condition || isMet(condition, form, shown, values)) shown.add(name);
  }
  return {
    ...form,
    properties: Object.fromEntries(Object.entries(form.properties).filter(([name]) => shown.has(name))),
    required: (form.required ?? []).filter((name) => shown.has(name)),
  };
}

function isMet(
  { parameter, equals }: NonNullable<Property['x-only-when']>,
  form: FormSchema,
  shown: ReadonlySet<string>,
  values: Values,
): boolean {
  // A field may depend on one that stands below it: sections reorder them.
  const visible = shown.has(parameter) || form.properties[parameter]?.['x-only-when'] === undefined;
  const wanted: readonly unknown[] = Array.isArray(equals) ? equals : [equals];
  // A box that was never ticked has no value.
  const value = values[parameter] ?? (form.properties[parameter]?.type === 'boolean' ? false : undefined);
  return visible && wanted.includes(value);
}

/** What is submitted: the values of the fields that are shown and not blank. */
export function submitted(form: FormSchema, values: Values): Record<string, unknown> {
  const { properties } = shownForm(form, values);
  return Object.fromEntries(Object.keys(properties).flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));
}
