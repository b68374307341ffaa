import { Button } from '@mantine/core';
import { Banner } from '../../parts/notice.tsx';
import { Choices } from '../platform/choices.tsx';
import { CloudsYaml } from '../platform/cloud/clouds-yaml.tsx';
import { LimitFields, MachineFields } from '../platform/cloud/machine-fields.tsx';
import { PlaceFields } from '../platform/cloud/place-fields.tsx';
import { Field } from '../platform/fields.tsx';
import { loginsOf, PROVIDERS } from '../platform/kinds.ts';
import { LoginFields } from '../platform/login-fields.tsx';
import { Section } from '../platform/section.tsx';
import type { CloudSteps as Steps } from './use-cloud-steps.ts';
import type { Registration } from './use-registration.ts';

interface StepsProps {
  readonly registration: Registration;
  readonly steps: Steps;
}

/** Where it is and what opens it; then, chosen from what it has, what its machines are like. */
export function CloudSteps({ registration, steps }: StepsProps) {
  const { login } = registration;
  const { form, looked, regions } = steps;
  const provider = PROVIDERS.find(({ value }) => value === form.draft['cloud.provider'])?.value ?? 'openstack';
  const logins = loginsOf(provider);
  return (
    <>
      <Section title="2. Where is it?">
        <Choices label="Whose cloud" choices={PROVIDERS} value={provider} onChange={(next) => form.onChange('cloud.provider', next)} />
        {provider === 'openstack' && <CloudsYaml onRead={steps.fillFrom} />}
        <PlaceFields form={form} provider={provider} regions={regions} />
      </Section>
      <Section title="3. How does Kiln open it?">
        {logins.length > 0 && <Choices label="How Kiln opens it" choices={logins} value={login} onChange={steps.setLogin} />}
        <LoginFields form={form} login={login} />
      </Section>
      {looked.state === 'away' && (
        <Banner
          tone="neutral"
          title="What the cloud has cannot be listed now: look again, or type names or ids."
          actions={
            <Button size="compact-sm" variant="default" onClick={() => void steps.look()}>
              Look again
            </Button>
          }
        />
      )}
      {steps.chooses && (
        <>
          <MachineFields form={form} look={looked.state === 'known' ? looked.look : null} title="4. What are its machines like?" />
          <LimitFields form={form} title="5. How many, for how long, at what price?" />
          <Section title="6. What is it called?">
            <Field form={form} name="name" label="Name" help="How you choose it when you submit a job." required />
            <Field form={form} name="description" label="Description" placeholder="What it is good for" />
          </Section>
        </>
      )}
    </>
  );
}
