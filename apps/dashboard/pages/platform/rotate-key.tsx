import { useMutation } from '@apollo/client/react';
import { type Platform, rotateMutation } from '@kiln/client/platform-documents';
import { Button, Group, PasswordInput, Text } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { loginText } from '../../lib/platform-words.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/notice.tsx';

/** A fresh key in place of the old one; with a password, also where the old one no longer opens. */
export function RotateKey({ platform }: { readonly platform: Platform }) {
  const [opened, setOpened] = useState(false);
  if (!platform.connection) return null;
  return (
    <>
      <Button size="sm" variant="default" disabled={platform.state === 'checking'} onClick={() => setOpened(true)}>
        Rotate key…
      </Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title="Install a fresh key?">
        <RotateForm platform={platform} onClose={() => setOpened(false)} />
      </Dialog>
    </>
  );
}

function RotateForm({ platform, onClose }: { readonly platform: Platform; onClose(): void }) {
  const [password, setPassword] = useState('');
  const [rotate, { loading, error }] = useMutation(rotateMutation, { fetchPolicy: 'no-cache' });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const variables = { name: platform.name, password: password === '' ? null : password };
    setPassword('');
    // What fails is in `error`, shown below.
    const result = await rotate({ variables }).catch(() => null);
    if (result?.data) onClose();
  };
  return (
    <form onSubmit={(event) => void submit(event)} autoComplete="off">
      <Text size="sm" mb="md">
        Kiln makes a new key, installs it as {platform.connection ? loginText(platform.connection) : platform.name}, proves that it opens,
        and removes the old one. Running jobs notice nothing.
      </Text>
      <PasswordInput
        label="Password"
        description="Only if the old key does not open any more. Used once, and not stored."
        autoComplete="off"
        data-1p-ignore
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        visibilityToggleButtonProps={{ 'aria-label': 'Show the password' }}
      />
      {error && <Failure error={error} />}
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onClose}>
          Keep it
        </Button>
        <Button type="submit" loading={loading}>
          Install a fresh key
        </Button>
      </Group>
    </form>
  );
}
