import type { Platform } from '@kiln/client/platform-documents';
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import { providerName } from '../../../lib/platform-words.ts';
import { Banner, Loading } from '../../../parts/notice.tsx';
import type { FormState } from '../fields.tsx';
import { MachineFields } from './machine-fields.tsx';
import { useCloudLook } from './use-cloud-look.ts';

/** What can be changed of a cloud, with what it has now. Where it is stays. */
export function CloudChange({ form, platform: { name } }: { readonly form: FormState; readonly platform: Platform }) {
  const { looked, ask } = useCloudLook();
  useEffect(() => void ask({ platform: name }), [ask, name]);
  const { draft } = form;
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
      <MachineFields
        form={form}
        look={looked.state === 'known' ? looked.look : null}
        title={`Machines of ${providerName(draft['cloud.provider'])} at ${where}`}
      />
    </>
  );
}
