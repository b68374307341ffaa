import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { Banner, Failure } from '../../parts/notice.tsx';
import { Choices } from '../platform/choices.tsx';
import classes from '../platform/form.module.css';
import { KINDS } from '../platform/kinds.ts';
import { Section } from '../platform/section.tsx';
import { CloudSteps } from './cloud-steps.tsx';
import { PlaceSteps } from './place-steps.tsx';
import { useCloudSteps } from './use-cloud-steps.ts';
import { useRegistration } from './use-registration.ts';

/** Kind, address, login; the rest is folded, or chosen from what a cloud has. It ends at the platform's page, where the check shows what it finds. */
export function RegisterForm() {
  const navigate = useNavigate();
  const registration = useRegistration((name) => void navigate({ to: '/platforms/$name', params: { name } }));
  const steps = useCloudSteps(registration);
  const { kind, rest, error, busy } = registration;
  const looks = kind === 'cloud' && !steps.chooses;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void (looks ? steps.look() : registration.send());
  };
  return (
    <form className={classes['form']} onSubmit={submit} noValidate autoComplete="off">
      <Section title="1. What is it?">
        <Choices label="Kind of platform" choices={KINDS} value={kind} onChange={(next) => registration.setKind(next)} />
      </Section>
      {kind === 'cloud' ? <CloudSteps registration={registration} steps={steps} /> : <PlaceSteps registration={registration} />}
      {rest.map((message) => (
        <Banner key={message} tone="failed" title={message} />
      ))}
      {error && <Failure error={error} />}
      <div className={classes['buttons']}>
        <Button type="submit" loading={looks ? steps.looked.state === 'looking' : busy}>
          {looks ? 'Look what is there' : 'Register and check'}
        </Button>
      </div>
    </form>
  );
}
