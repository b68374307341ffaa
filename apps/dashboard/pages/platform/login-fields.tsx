import { Text } from '@mantine/core';
import { Field, type FormState, SecretField, SecretTextField } from './fields.tsx';
import classes from './form.module.css';
import type { Login } from './kinds.ts';

export function LoginFields({ form, login }: { readonly form: FormState; readonly login: Login }) {
  switch (login) {
    case 'password':
      return (
        <SecretField
          form={form}
          name="enrolment.password"
          label="Password"
          help="Sealed for the worker, used once, and not stored."
          required
        />
      );
    case 'curator-password':
      return (
        <SecretField form={form} name="enrolment.password" label="Password" help="Stored sealed; only the worker can open it." required />
      );
    case 'open':
      return null;
    case 'login':
      return (
        <>
          <Field form={form} name="enrolment.login.user" label="User" required code />
          <SecretField
            form={form}
            name="enrolment.login.password"
            label="Password"
            help="Stored sealed; only the worker can open it."
            required
          />
        </>
      );
    case 'token':
      return <SecretField form={form} name="enrolment.token" label="Token" help="Stored sealed; only the worker can open it." required />;
    case 'api-key':
      return (
        <SecretField form={form} name="enrolment.apiKey" label="API key" help="Stored sealed; only the worker can open it." required />
      );
    case 'key':
      return (
        <>
          <div className={classes['wide']}>
            <SecretTextField
              form={form}
              name="enrolment.privateKey"
              label="Private key"
              placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
              help="The whole file, such as ~/.ssh/id_ed25519. It is stored sealed; only the worker can open it."
              required
              code
            />
          </div>
          <SecretField form={form} name="enrolment.passphrase" label="Passphrase" help="If the key has one." />
        </>
      );
    case 'access-key':
      return (
        <>
          <Field form={form} name="enrolment.accessKey.accessKeyId" label="Access key" required code />
          <SecretField
            form={form}
            name="enrolment.accessKey.secretAccessKey"
            label="Secret"
            help="Stored sealed; only the worker can open it."
            required
          />
        </>
      );
    case 'show':
      return (
        <Text size="sm" className={classes['wide']}>
          Kiln then shows you the key and the command that installs it; check again when that is done.
        </Text>
      );
  }
}
