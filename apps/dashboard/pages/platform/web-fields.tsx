import { Field, type FormState } from './fields.tsx';

export function WebFields({ form }: { readonly form: FormState }) {
  return (
    <Field
      form={form}
      name="url"
      label="Address"
      placeholder="https://data.example.org/sets"
      help="Its files are below this address. Paths of jobs are relative to it."
      required
      code
    />
  );
}
