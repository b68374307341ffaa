import { PasswordInput, Textarea, TextInput } from '@mantine/core';
import type { Draft, Errors, FieldName } from './draft.ts';

/** The form that the fields belong to. */
export interface FormState {
  readonly draft: Draft;
  readonly errors: Errors;
  onChange(name: FieldName, value: string): void;
}

export interface FieldProps {
  readonly form: FormState;
  readonly name: FieldName;
  readonly label: string;
  readonly help?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  /** Looks like something typed into a terminal. */
  readonly code?: boolean;
  readonly numeric?: boolean;
}

export function Field({ numeric = false, ...props }: FieldProps) {
  return <TextInput {...shared(props)} inputMode={numeric ? 'numeric' : 'text'} />;
}

export function TextField(props: FieldProps) {
  return <Textarea {...shared(props)} autosize minRows={2} maxRows={10} />;
}

export function SecretField(props: FieldProps) {
  return (
    <PasswordInput
      {...shared(props)}
      {...SECRET}
      aria-invalid={props.form.errors[props.name] !== undefined} // of its fields, Mantine leaves out this one
      visibilityToggleButtonProps={{ 'aria-label': `Show what is typed: ${props.label}` }}
    />
  );
}

/** A secret of several lines. */
export function SecretTextField(props: FieldProps) {
  return <Textarea {...shared(props)} {...SECRET} autosize minRows={5} maxRows={12} />;
}

/** What becomes of a secret that is kept. */
export const SEALED = 'Stored sealed; only the worker can open it.';

/** Browsers and password managers are not to keep it. */
export const SECRET = { autoComplete: 'off', 'data-1p-ignore': true, 'data-lpignore': 'true', 'data-bwignore': true };

export function shared({ form, name, label, help, placeholder, required = false, code = false }: FieldProps) {
  return {
    id: fieldId(name),
    label,
    required,
    placeholder,
    description: help,
    error: form.errors[name],
    value: form.draft[name],
    size: 'sm' as const,
    spellCheck: !code,
    autoComplete: 'off',
    autoCapitalize: 'off',
    classNames: code ? { input: 'mono' } : {},
    // Fields of one row stand level, whether or not they are explained.
    inputWrapperOrder: ['label' as const, 'input' as const, 'description' as const, 'error' as const],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => form.onChange(name, event.currentTarget.value),
  };
}

export function fieldId(name: FieldName): string {
  return `field-${name}`;
}

/** Leads to the first field that something is wrong with, also where it is folded away. */
export function focusFirst(errors: Errors): void {
  const [first] = Object.keys(errors);
  const field = document.getElementById(`field-${first}`);
  field?.closest('details')?.setAttribute('open', '');
  field?.scrollIntoView({ block: 'center' });
  field?.focus();
}
