import { Field, type FormState } from './fields.tsx';

export function BucketFields({ form }: { readonly form: FormState }) {
  return (
    <>
      <Field form={form} name="bucket.name" label="Bucket" placeholder="results" required code />
      <Field
        form={form}
        name="bucket.endpoint"
        label="Endpoint"
        placeholder="https://s3.example.org"
        help="The address of the service; blank is Amazon S3."
        code
      />
      <Field form={form} name="bucket.region" label="Region" placeholder="eu-central-1" help="If the service has regions." code />
      <Field form={form} name="bucket.prefix" label="Prefix" help="What the keys of results begin with; may be blank." code />
    </>
  );
}
