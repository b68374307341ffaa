import { useMutation } from '@apollo/client/react';
import { type Platform, updateMutation } from '@kiln/client/platform-documents';
import { Button } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Banner, Failure } from '../../parts/notice.tsx';
import { AddressFields } from './address-fields.tsx';
import { BucketFields } from './bucket-fields.tsx';
import { bucketInputOf } from './bucket-input.ts';
import { CloudChange } from './cloud/cloud-change.tsx';
import { cloudInputOf } from './cloud/cloud-input.ts';
import { CuratorFields } from './curator-fields.tsx';
import { curatorInputOf } from './curator-input.ts';
import { type Draft, draftOf, type Errors } from './draft.ts';
import { inputOf } from './draft-input.ts';
import { Field, focusFirst } from './fields.tsx';
import classes from './form.module.css';
import { problemsByField } from './form-problems.ts';
import { Section } from './section.tsx';
import { SettingsFields } from './settings-fields.tsx';
import { WebFields } from './web-fields.tsx';
import { webInputOf } from './web-input.ts';

/** All that can be changed of a platform; saving it checks it again. */
export function EditForm({ platform, onClose }: { readonly platform: Platform; onClose(): void }) {
  const [draft, setDraft] = useState(() => draftOf(platform));
  const [errors, setErrors] = useState<Errors>({});
  const [rest, setRest] = useState<readonly string[]>([]);
  const [update, { loading, error }] = useMutation(updateMutation);
  const form = { draft, errors, onChange: (name: keyof typeof draft, value: string) => setDraft((known) => ({ ...known, [name]: value })) };
  const show = (wrong: Errors, others: readonly string[]) => {
    setErrors(wrong);
    setRest(others);
    setTimeout(() => focusFirst(wrong)); // when they are drawn
  };
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const { errors: unreadable, ...input } = changeOf(platform, draft);
    if (Object.keys(unreadable).length > 0) return show(unreadable, []);
    // What fails is in `error`, shown below the form.
    const result = await update({ variables: { name: platform.name, input } }).catch(() => null);
    const answer = result?.data?.updatePlatform;
    if (answer?.platform) return onClose();
    const { errors: wrong, rest: others } = problemsByField(answer?.problems ?? []);
    show(wrong, others);
  };
  return (
    <form className={classes['form']} onSubmit={(event) => void save(event)} noValidate autoComplete="off">
      <Section title="About it">
        <div className={classes['wide']}>
          <Field form={form} name="description" label="Description" placeholder="What it is good for" />
        </div>
      </Section>
      {platform.cloud ? (
        <CloudChange form={form} platform={platform} />
      ) : (
        <Section title="Address">
          {platform.bucket && <BucketFields form={form} />}
          {platform.url !== null && <WebFields form={form} />}
          {platform.curator && <CuratorFields form={form} />}
          {platform.connection && <AddressFields form={form} />}
        </Section>
      )}
      {platform.connection && <SettingsFields form={form} kind={platform.kind} slots={platform.slots} />}
      {rest.map((message) => (
        <Banner key={message} tone="failed" title={message} />
      ))}
      {error && <Failure error={error} />}
      <div className={classes['buttons']}>
        <Button type="submit" loading={loading}>
          Save and check
        </Button>
        <Button variant="default" onClick={onClose}>
          Keep it as it was
        </Button>
      </div>
    </form>
  );
}

function changeOf({ bucket, url, curator, cloud }: Platform, draft: Draft) {
  if (cloud) return cloudInputOf(draft);
  if (bucket) return bucketInputOf(draft);
  if (url !== null) return webInputOf(draft);
  return curator ? curatorInputOf(draft) : inputOf(draft);
}
