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
  readonly children?: ReactNode;
  onChange(values: Values): void;
  onSubmit(): void;
}

/** The form that a connector's JSON Schema describes. */
export function JobForm({ form, values, context, busy, children, onChange, onSubmit }: JobFormProps) {
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
        Submit job
      </Button>
    </Form>
  );
}

const FIELDS: RegistryFieldsType<Values, RJSFSchema, FormContext> = { SweepField };
const WIDGETS = { TextWidget, SelectWidget, CheckboxWidget };
const TEMPLATES = { ObjectFieldTemplate: Sections, FieldTemplate: Bare };
const UI = { sweep: { 'ui:field': 'SweepField' } };

/** Defaults are filled in already; rjsf would merge them into a sweep again. `x-blank`: an empty text is a value of its own. */
function bare({ properties, required }: FormSchema): RJSFSchema {
  const fields = Object.entries(properties).map(([name, { default: given, ...rest }]) => [
    name,
    { ...rest, 'x-blank': given !== undefined && given !== '' },
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
    return (
      <fieldset key={section} className={classes['section']}>
        <legend>{title}</legend>
        <Fields section={section} fields={inside.filter(({ name }) => section !== 'compute' || !RARE.includes(name))} />
        {section === 'compute' && <Rare fields={inside.filter(({ name }) => RARE.includes(name))} values={formData ?? {}} />}
      </fieldset>
    );
  });
}

type Field = ObjectFieldTemplateProps<Values, RJSFSchema, FormContext>['properties'][number];

function Fields({ section, fields }: { readonly section: string; readonly fields: readonly Field[] }) {
  return (
    <div className={section === 'sweep' ? undefined : classes['fields']}>
      {fields.map(({ name, content }) => (
        <div key={name}>{content}</div>
      ))}
    </div>
  );
}

/** Folded unless something is asked for. */
function Rare({ fields, values }: { readonly fields: readonly Field[]; readonly values: Values }) {
  const [opened] = useState(() => fields.some(({ name }) => values[name] !== undefined));
  if (fields.length === 0) return null;
  return (
    <details className={classes['rare']} open={opened}>
      <summary>GPUs, account, and more for the scheduler</summary>
      <Fields section="compute" fields={fields} />
    </details>
  );
}

/** rjsf only draws here; what is wrong is found by `checkValues` and by the server, and reaches the fields through the context. */
const validator: ValidatorType<Values, RJSFSchema, FormContext> = {
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  isValid: (schema, data) => Object.keys(checkValues(formOf(schema), data ?? {}, true)).length === 0,
  rawValidation: () => ({ errors: [] }),
};
