import { Field, type FormState } from './fields.tsx';

export function CuratorFields({ form }: { readonly form: FormState }) {
  return (
    <>
      <Field form={form} name="curator.url" label="Address" placeholder="https://mytardis.example.org" required code />
      <Field form={form} name="curator.user" label="User" help="Who publishes; experiments belong to this user." required code />
      <Field form={form} name="curator.largestFile" label="Largest file" help="In MiB; larger files are left out." />
    </>
  );
}
