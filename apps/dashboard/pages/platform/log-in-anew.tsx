import { useMutation } from '@apollo/client/react';
import { type Platform, updateMutation } from '@kiln/client/platform-documents';
import { Button, Group } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Dialog } from '../../parts/dialog.tsx';
import { Banner, Failure } from '../../parts/notice.tsx';
import { Choices } from './choices.tsx';
import { type Draft, type Errors, type FieldName, NEW_DRAFT } from './draft.ts';
import { enrolmentOf, FORGOTTEN } from './enrolment.ts';
import { problemsByField } from './form-problems.ts';
import { type Login, loginsOf, openedAs, usualLogin } from './kinds.ts';
import { LoginFields } from './login-fields.tsx';
import classes from './platform.module.css';

/** Another way to come to a key, where the first one failed. */
export function LogInAnew({ platform }: { readonly platform: Platform }) {
  const [opened, setOpened] = useState(false);
  const opens = platform.bucket !== null || platform.url !== null || platform.cloud !== null;
  return (
    <>
      <Button size="compact-sm" variant="default" onClick={() => setOpened(true)}>
        {platform.bucket ? 'Another access key…' : platform.cloud ? 'Another credential…' : 'Log in anew…'}
      </Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title={`How does Kiln ${opens ? 'open' : 'log in on'} ${platform.name}?`}>
        <LoginForm platform={platform} onClose={() => setOpened(false)} />
      </Dialog>
    </>
  );
}

function LoginForm({ platform, onClose }: { readonly platform: Platform; onClose(): void }) {
  const [draft, setDraft] = useState<Draft>(NEW_DRAFT);
  const { name } = platform;
  const opened = openedAs(platform);
  const [login, setLogin] = useState<Login>(usualLogin(opened));
  const choices = loginsOf(opened);
  const [{ errors, rest }, setProblems] = useState<{ errors: Errors; rest: readonly string[] }>({ errors: {}, rest: [] });
  const [update, { loading, error }] = useMutation(updateMutation, { fetchPolicy: 'no-cache' });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const { enrolment, errors: missing } = enrolmentOf(draft, login);
    setProblems({ errors: missing, rest: [] });
    if (Object.keys(missing).length > 0) return;
    // What fails is in `error`, shown below.
    const result = await update({ variables: { name, input: { enrolment } } }).catch(() => null);
    const answer = result?.data?.updatePlatform;
    if (!answer) return;
    if (!answer.platform) return setProblems(problemsByField(answer.problems));
    setDraft((known) => ({ ...known, ...FORGOTTEN }));
    onClose();
  };
  const form = { draft, errors, onChange: (field: FieldName, value: string) => setDraft((known) => ({ ...known, [field]: value })) };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate autoComplete="off" className={classes['dialogForm']}>
      {choices.length > 0 && <Choices label="How Kiln logs in" choices={choices} value={login} onChange={(next) => setLogin(next)} />}
      <LoginFields form={form} login={login} />
      {rest.map((message) => (
        <Banner key={message} tone="failed" title={message} />
      ))}
      {error && <Failure error={error} />}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          Keep it
        </Button>
        <Button type="submit" loading={loading}>
          Log in and check
        </Button>
      </Group>
    </form>
  );
}
