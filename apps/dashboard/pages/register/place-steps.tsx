import { AddressFields } from '../platform/address-fields.tsx';
import { BucketFields } from '../platform/bucket-fields.tsx';
import { Choices } from '../platform/choices.tsx';
import { CuratorFields } from '../platform/curator-fields.tsx';
import { Field } from '../platform/fields.tsx';
import { loginsOf } from '../platform/kinds.ts';
import { LoginFields } from '../platform/login-fields.tsx';
import { Folded, Section } from '../platform/section.tsx';
import { SettingsFields } from '../platform/settings-fields.tsx';
import { WebFields } from '../platform/web-fields.tsx';
import type { Registration } from './use-registration.ts';

/** Of what is there already: where it is, and how Kiln comes in. */
export function PlaceSteps({ registration }: { readonly registration: Registration }) {
  const { form, kind, login } = registration;
  const computes = kind !== 's3' && kind !== 'http' && kind !== 'mytardis';
  const logins = loginsOf(kind);
  return (
    <>
      <Section title="2. Where is it?">
        {kind === 's3' && <BucketFields form={form} />}
        {kind === 'http' && <WebFields form={form} />}
        {kind === 'mytardis' && <CuratorFields form={form} />}
        {computes && <AddressFields form={form} />}
        <Field form={form} name="name" label="Name" help="How you choose it when you submit a job." required />
        <Field form={form} name="description" label="Description" placeholder="What it is good for" />
      </Section>
      <Section title={computes ? '3. How does Kiln log in?' : '3. How does Kiln open it?'}>
        {logins.length > 0 && (
          <Choices
            label={computes ? 'How Kiln logs in' : 'How Kiln opens it'}
            choices={logins}
            value={login}
            onChange={(next) => registration.setLogin(next)}
          />
        )}
        <LoginFields form={form} login={login} />
      </Section>
      {computes && (
        <Folded title="4. Paths, modules, limits" hint="The defaults are sound; all of it can be changed later.">
          <SettingsFields form={form} kind={kind} slots={null} />
        </Folded>
      )}
    </>
  );
}
