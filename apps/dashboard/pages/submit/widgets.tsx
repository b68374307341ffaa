import { Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import type { RJSFSchema, WidgetProps } from '@rjsf/utils';
import { useState } from 'react';
import type { FormContext } from './form-context.ts';
import type { Values } from './form-schema.ts';
import { type FieldHint, platformLabel, resourceHint } from './platform-hints.ts';

type Props = WidgetProps<Values, RJSFSchema, FormContext>;

/** Text and numbers. Numbers are typed as text, so that 1e-6 can be written. */
export function TextWidget(props: Props) {
  const numeric = props.schema.type === 'integer' || props.schema.type === 'number';
  return numeric ? <NumberWidget {...props} /> : <PlainWidget {...props} />;
}

function PlainWidget(props: Props) {
  const { value, onChange, schema } = props;
  const text = typeof value === 'string' ? value : '';
  const change = (next: string) => onChange(next === '' && schema['x-blank'] !== true ? undefined : next);
  if (schema['x-multiline'] === true || text.includes('\n'))
    return <Textarea {...shared(props)} autosize maxRows={8} value={text} onChange={(event) => change(event.currentTarget.value)} />;
  const { placeholder, choices } = hintOf(props);
  const list = `${props.id}-choices`;
  return (
    <>
      <TextInput
        {...shared(props)}
        placeholder={placeholder}
        list={choices && list}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
      />
      {choices && (
        <datalist id={list}>
          {choices.map((choice) => (
            <option key={choice.value} {...choice} />
          ))}
        </datalist>
      )}
    </>
  );
}

const NUMBER = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

function NumberWidget(props: Props) {
  const { value, onChange, schema } = props;
  const [text, setText] = useState(textOf(value));
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    if (parsed(text) !== value) setText(textOf(value));
  }
  const { minimum, maximum } = schema;
  const range =
    minimum !== undefined && maximum !== undefined ? `${minimum} to ${maximum}` : minimum !== undefined ? `at least ${minimum}` : undefined;
  const change = (next: string) => {
    setText(next);
    onChange(parsed(next));
  };
  return (
    <TextInput
      {...shared(props)}
      inputMode={schema.type === 'integer' ? 'numeric' : 'decimal'}
      placeholder={hintOf(props).placeholder ?? range}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

export function SelectWidget(props: Props) {
  const { value, onChange, options, required, schema } = props;
  const choices = options.enumOptions ?? [];
  const at = choices.findIndex((choice) => choice.value === value);
  const blank = at < 0 || (schema['x-blank'] !== true && !required);
  return (
    <NativeSelect
      {...shared(props)}
      value={at < 0 ? '' : String(at)}
      data={[
        ...(blank ? [{ value: '', label: 'Choose…' }] : []),
        ...choices.map(({ label, value: choice }, index) => ({ value: String(index), label: labelOf(props, choice) ?? label })),
      ]}
      onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? undefined : choices[Number(currentTarget.value)]?.value)}
    />
  );
}

export function CheckboxWidget(props: Props) {
  const { required: _required, inputWrapperOrder: _order, ...rest } = shared(props);
  return <Checkbox {...rest} checked={props.value === true} onChange={(event) => props.onChange(event.currentTarget.checked)} />;
}

/** The platforms to choose from say what they are. */
function labelOf({ name, registry }: Props, choice: unknown): string | undefined {
  const platform = name === 'platform' ? registry.formContext.platforms.find((one) => one.name === choice) : undefined;
  return platform && platformLabel(platform);
}

function hintOf({ name, registry }: Props): FieldHint {
  return resourceHint(name, registry.formContext.platform);
}

function shared({ id, name, label, required, disabled, schema, registry }: Props) {
  return {
    id,
    name,
    label,
    required: required ?? false,
    disabled: disabled ?? false,
    description: schema.description,
    error: registry.formContext.errors[name],
    size: 'sm' as const,
    // Fields of one row stand level, whether or not they are explained.
    inputWrapperOrder: ['label' as const, 'input' as const, 'description' as const, 'error' as const],
  };
}

function parsed(text: string): number | string | undefined {
  if (text.trim() === '') return undefined;
  return NUMBER.test(text) ? Number(text) : text;
}

function textOf(value: unknown): string {
  return value === undefined ? '' : String(value);
}
