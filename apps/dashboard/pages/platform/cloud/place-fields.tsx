import { Field, type FormState } from '../fields.tsx';
import { ChoiceField } from './choice-field.tsx';

interface PlaceProps {
  readonly form: FormState;
  readonly provider: string;
  /** Those that the cloud told of. */
  readonly regions: readonly string[];
}

export function PlaceFields({ form, provider, regions }: PlaceProps) {
  const options = regions.map((name) => ({ value: name, label: name }));
  if (provider === 'ec2')
    return (
      <>
        <ChoiceField form={form} name="cloud.region" label="Region" placeholder="eu-central-1" options={options} required code />
        <Field
          form={form}
          name="cloud.endpoint"
          label="Endpoint"
          placeholder="https://ec2.example.org"
          help="Only of a cloud that is not Amazon's."
          code
        />
      </>
    );
  return (
    <>
      <Field
        form={form}
        name="cloud.endpoint"
        label="Address of Keystone"
        placeholder="https://cloud.example.org:5000/v3"
        help="auth_url in clouds.yaml."
        required
        code
      />
      <ChoiceField
        form={form}
        name="cloud.region"
        label="Region"
        blank="the first"
        options={options}
        help="Blank is the first, or the only one."
        code
      />
      <ChoiceField
        form={form}
        name="cloud.interface"
        label="Interface"
        options={INTERFACES}
        help="Which addresses of its services the workers reach."
        required
      />
    </>
  );
}

const INTERFACES = [
  { value: 'public', label: 'public' },
  { value: 'internal', label: 'internal' },
];
