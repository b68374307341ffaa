import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Banner, Failure } from '../../parts/notice.tsx';
import { AddressFields } from '../platform/address-fields.tsx';
import { BucketFields } from '../platform/bucket-fields.tsx';
import { Choices } from '../platform/choices.tsx';
import { CuratorFields } from '../platform/curator-fields.tsx';
import { Field } from '../platform/fields.tsx';
import classes from '../platform/form.module.css';
import { KINDS, loginsOf } from '../platform/kinds.ts';
import { LoginFields } from '../platform/login-fields.tsx';
import { Folded, Section } from '../platform/section.tsx';
import { SettingsFields } from '../platform/settings-fields.tsx';
import { WebFields } from '../platform/web-fields.tsx';
import { useRegistration } from './use-registration.ts';

/** Kind, address, login; the rest is folded. It ends at the platform's page, where the check shows what it finds. */
export function RegisterForm() {
  const navigate = useNavigate();
  const registration = useRegistration((name) => void navigate({ to: '/platforms/$name', params: { name } }));
  const { form, kind, login, rest, error, busy } = registration;
  const computes = kind !== 's3' && kind !== 'http' && kind !== 'mytardis';
  const logins = loginsOf(kind);
  return (
    <form className={classes['form']} onSubmit={registration.submit} noValidate autoComplete="off">
      <Section title="1. What is it?">
        <Choices label="Kind of platform" choices={KINDS} value={kind} onChange={(next) => registration.setKind(next)} />
      </Section>
      <Section title="2. Where is it?">
        {kind === 's3' && <BucketFields form={form} />}
        {kind === 'http' && <WebFields form={form} />}
        {kind === 'mytardis' && <CuratorFields form={form} />}
        {computes && <AddressFields form={form} />}
        <Field form={form} name="name" label="Name" help="How you choose it when you submit a job." required />
        <Field form={form} name="description" label="Description" placeholder="What it is good for" />
      </Section>
      {!computes && (
        <Section title="3. How does Kiln open it?">
          {logins.length > 0 && (
            <Choices label="How Kiln opens it" choices={logins} value={login} onChange={(next) => registration.setLogin(next)} />
          )}
          <LoginFields form={form} login={login} />
        </Section>
      )}
      {computes && (
        <>
          <Section title="3. How does Kiln log in?">
            <Choices label="How Kiln logs in" choices={logins} value={login} onChange={(next) => registration.setLogin(next)} />
            <LoginFields form={form} login={login} />
          </Section>
          <Folded title="4. Paths, modules, limits" hint="The defaults are sound; all of it can be changed later.">
            <SettingsFields form={form} kind={kind} slots={null} />
          </Folded>
        </>
      )}
      {rest.map((message) => (
        <Banner key={message} tone="failed" title={message} />
      ))}
      {error && <Failure error={error} />}
      <div className={classes['buttons']}>
        <Button type="submit" loading={busy}>
          Register and check
        </Button>
      </div>
    </form>
  );
}
