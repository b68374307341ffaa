import type { Platform } from '@kiln/client/platform-documents';
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { providerName } from '../../../lib/platform-words.ts';
import { Banner, Loading } from '../../../parts/notice.tsx';
import type { FormState } from '../fields.tsx';
import { LimitFields, MachineFields } from './machine-fields.tsx';
import { loginUser } from './options.ts';
import { useCloudLook } from './use-cloud-look.ts';

/** What can be changed of a cloud, with what it has now. Where it is stays. */
export function CloudChange({ form, platform: { name } }: { readonly form: FormState; readonly platform: Platform }) {
  const { looked, ask } = useCloudLook();
  useEffect(() => void ask({ platform: name }), [ask, name]);
  const { draft, onChange } = form;
  const known = looked.state === 'known' ? looked.look : null;
  const guessing: FormState = {
    ...form,
    onChange(field, value) {
      const user = field === 'cloud.image' ? loginUser(draft, known, value) : draft['cloud.user'];
      if (user !== draft['cloud.user']) onChange('cloud.user', user);
      onChange(field, value);
    },
  };
  const where = draft['cloud.endpoint'] || `the region ${draft['cloud.region']}`;
  if (looked.state === 'never' || looked.state === 'looking') return <Loading what={`what ${name} has`} />;
  return (
    <>
      {looked.state !== 'known' && (
        <Banner
          tone="neutral"
          title="What the cloud has cannot be listed now: type names or ids."
          actions={
            <Button size="compact-sm" variant="default" onClick={() => void ask({ platform: name })}>
              Look again
            </Button>
          }
        >
          {looked.message}
        </Banner>
      )}
      <MachineFields form={guessing} look={known} title={`Machines of ${providerName(draft['cloud.provider'])} at ${where}`} />
      <LimitFields form={form} title="How many, for how long, at what price" />
    </>
  );
}
