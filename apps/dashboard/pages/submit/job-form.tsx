import { Button } from '@mantine/core';
import Form from '@rjsf/core';
import type { FieldTemplateProps, ObjectFieldTemplateProps, RegistryFieldsType, RJSFSchema, ValidatorType } from '@rjsf/utils';
import { type ReactNode, useState } from 'react';
import { checkValues } from './check-values.ts';
import type { FormContext } from './form-context.ts';
import { type FormSchema, formOf, RARE, SECTION_TITLES, type Values } from './form-schema.ts';
import classes from './submit.module.css';
import { SweepField } from './sweep-field.tsx';
import { CheckboxWidget, SelectWidget, TextWidget } from './widgets.tsx';

interface JobFormProps {
  readonly form: FormSchema;
  readonly values: Values;
  readonly context: FormContext;
  readonly busy: boolean;
  /** What its button says. */
  readonly action?: string;
  readonly children?: ReactNode;
  onChange(values: Values): void;
  onSubmit(): void;
}

/** The form that a connector's JSON Schema describes. */
export function JobForm({ form, values, context, busy, action = 'Submit job', children, onChange, onSubmit }: JobFormProps) {
  return (
    <Form<Values, RJSFSchema, FormContext>
      schema={bare(form)}
      uiSchema={UI}
      validator={validator}
      templates={TEMPLATES}
      widgets={WIDGETS}
      fields={FIELDS}
      formData={values}
      formContext={context}
      noValidate
      noHtml5Validate
      showErrorList={false}
      onChange={({ formData }) => onChange(formData ?? {})}
      onSubmit={onSubmit}
    >
      {children}
      <Button type="submit" loading={busy} mt="lg">
        {action}
      </Button>
    </Form>
  );
}

const FIELDS: RegistryFieldsType<Values, RJSFSchema, FormContext> = { SweepField };
const WIDGETS = { TextWidget, SelectWidget, CheckboxWidget };
const TEMPLATES = { ObjectFieldTemplate: Sections, FieldTemplate: Bare };
const UI = { sweep: { 'ui:field': 'SweepField' } };

/**
 * Defaults are filled in already; rjsf would merge them into a sweep again. `x-blank`: an empty text is a value of its own.
 * `x-usual` is the default.
 */
function bare({ properties, required }: FormSchema): RJSFSchema {
  const fields = Object.entries(properties).map(([name, { default: given, ...rest }]) => [
    name,
    { ...rest, 'x-blank': given !== undefined && given !== '', 'x-usual': given },
  ]);
  return { type: 'object', properties: Object.fromEntries(fields), required: [...(required ?? [])] };
}

/** The widgets bring label, explanation and fault themselves. */
function Bare({ children }: FieldTemplateProps<Values, RJSFSchema, FormContext>) {
  return children;
}

function Sections({ properties, schema, formData }: ObjectFieldTemplateProps<Values, RJSFSchema, FormContext>) {
  const sectionOf = (name: string): unknown => {
    const property = schema.properties?.[name];
    return typeof property === 'object' ? Reflect.get(property, 'x-section') : undefined;
  };
  const known = SECTION_TITLES.map(([name]) => name);
  return SECTION_TITLES.map(([section, title]) => {
    const inside = properties.filter(({ name }) => (known.find((one) => one === sectionOf(name)) ?? 'domain') === section);
    if (inside.length === 0) return null;
    const rare = RARE[section];
    const isRare = ({ name }: Field) => rare?.names.includes(name) ?? false;
    const asked = inside.some((field) => isRare(field) && differs(schema.properties?.[field.name], formData?.[field.name]));
    return (
      <fieldset key={section} className={classes['section']}>
        <legend>{title}</legend>
        <Fields section={section} fields={inside.filter((field) => !isRare(field))} />
        {rare && <Rare title={rare.title} fields={inside.filter(isRare)} asked={asked} />}
      </fieldset>
    );
  });
}

/** Somebody, or a preset, has said something else than what is usual. */
function differs(property: unknown, value: unknown): boolean {
  const usual: unknown = typeof property === 'object' && property !== null ? Reflect.get(property, 'x-usual') : undefined;
  return value !== undefined && value !== usual;
}

type Field = ObjectFieldTemplateProps<Values, RJSFSchema, FormContext>['properties'][number];

function Fields({ section, fields }: { readonly section?: string; readonly fields: readonly Field[] }) {
  if (fields.length === 0) return null;
  return (
    <div className={classes[section === 'sweep' ? 'stacked' : 'fields']}>
      {fields.map(({ name, content }) => (
        <div key={name}>{content}</div>
      ))}
    </div>
  );
}

interface RareProps {
  readonly title: string;
  readonly fields: readonly Field[];
  /** Something is said in one of them. */
  readonly asked: boolean;
}

/** Folded unless something is asked for. */
function Rare({ title, fields, asked }: RareProps) {
  const [opened] = useState(asked);
  if (fields.length === 0) return null;
  return (
    <details className={classes['rare']} open={opened}>
      <summary>{title}</summary>
      <Fields fields={fields} />
    </details>
  );
}

/** rjsf only draws here; what is wrong is found by `checkValues` and by the server, and reaches the fields through the context. */
const validator: ValidatorType<Values, RJSFSchema, FormContext> = {
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  isValid: (schema, data) => Object.keys(checkValues(formOf(schema), data ?? {}, true)).length === 0,
  rawValidation: () => ({ errors: [] }),
};
