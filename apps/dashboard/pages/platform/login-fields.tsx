import { Text } from '@mantine/core';
import { CloudLoginFields } from './cloud/cloud-login-fields.tsx';
import type { FieldName } from './draft.ts';
import { Field, type FormState, SEALED, SecretField, SecretTextField } from './fields.tsx';
import classes from './form.module.css';
import type { Login } from './kinds.ts';

export function LoginFields({ form, login }: { readonly form: FormState; readonly login: Login }) {
  const secret = (name: FieldName, label: string, help = SEALED) => (
    <SecretField form={form} name={name} label={label} help={help} required />
  );
  const named = (name: FieldName, label: string) => <Field form={form} name={name} label={label} required code />;
  switch (login) {
    case 'password':
      return secret('enrolment.password', 'Password', 'Sealed for the worker, used once, and not stored.');
    case 'curator-password':
      return secret('enrolment.password', 'Password');
    case 'open':
      return null;
    case 'login':
      return (
        <>
          {named('enrolment.login.user', 'User')}
          {secret('enrolment.login.password', 'Password')}
        </>
      );
    case 'token':
      return secret('enrolment.token', 'Token');
    case 'api-key':
      return secret('enrolment.apiKey', 'API key');
    case 'key':
      return <KeyFields form={form} />;
    case 'application-credential':
      return (
        <>
          {named('enrolment.applicationCredential.id', 'Id of the application credential')}
          {secret('enrolment.applicationCredential.secret', 'Secret')}
        </>
      );
    case 'cloud-password':
      return <CloudLoginFields form={form} />;
    case 'cloud-access-key':
    case 'access-key':
      return (
        <>
          {named('enrolment.accessKey.accessKeyId', 'Access key')}
          {secret('enrolment.accessKey.secretAccessKey', 'Secret')}
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

function KeyFields({ form }: { readonly form: FormState }) {
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
}
