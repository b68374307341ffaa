import type { Connector } from '../../lib/documents.ts';
import type { FormSchema, Values } from './form-schema.ts';

export interface SubmitProps {
  readonly connector: Connector;
  readonly form: FormSchema;
  readonly values: Values;
  onChange(values: Values): void;
}

/** The connector's own parameters, offered where something is swept. */
export function ownNames(form: FormSchema): string[] {
  return Object.entries(form.properties).flatMap(([key, property]) => (property['x-section'] === 'domain' ? [key] : []));
}
