import { Field, type FormState } from './fields.tsx';
import classes from './form.module.css';

export function AddressFields({ form }: { readonly form: FormState }) {
  return (
    <>
      <Field form={form} name="connection.host" label="Host" placeholder="hpc.example.org" required code />
      <Field form={form} name="connection.user" label="User" placeholder="ann" required code />
      <Field form={form} name="connection.port" label="Port" numeric code />
      <div className={classes['wide']}>
        <Field
          form={form}
          name="connection.jumps"
          label="Jump hosts"
          placeholder="ann@gateway.example.org"
          help="Only if the host cannot be reached directly: as for ssh -J, with commas between. The same key opens them."
          code
        />
      </div>
    </>
  );
}
