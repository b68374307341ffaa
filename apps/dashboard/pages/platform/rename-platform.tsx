import { useApolloClient, useMutation } from '@apollo/client/react';
import { type Platform, renameMutation } from '@kiln/client/platform-documents';
import { Button, Group, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { troubleOf } from '../../lib/trouble.ts';
import { Dialog } from '../../parts/dialog.tsx';

export function RenamePlatform({ platform }: { readonly platform: Platform }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button size="sm" variant="default" disabled={platform.state === 'checking'} onClick={() => setOpened(true)}>
        Rename…
      </Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title={`Rename ${platform.name}`}>
        <RenameForm name={platform.name} onClose={() => setOpened(false)} />
      </Dialog>
    </>
  );
}

function RenameForm({ name, onClose }: { readonly name: string; onClose(): void }) {
  const client = useApolloClient();
  const navigate = useNavigate();
  const [to, setTo] = useState(name);
  const [rename, { loading, error }] = useMutation(renameMutation);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // What fails is in `error`, shown at the field.
    const result = await rename({ variables: { name, to: to.trim() } }).catch(() => null);
    if (!result?.data) return;
    await navigate({ to: '/platforms/$name', params: { name: to.trim() }, replace: true });
    client.cache.evict({ id: client.cache.identify({ __typename: 'Platform', name }) ?? '' });
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <TextInput
        label="New name"
        description="Its past jobs and your presets go along; scripts must use the new name. It cannot be renamed while jobs run there."
        required
        data-autofocus
        value={to}
        error={error && troubleOf(error).message}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onClose}>
          Keep it
        </Button>
        <Button type="submit" loading={loading} disabled={to.trim() === '' || to.trim() === name}>
          Rename
        </Button>
      </Group>
    </form>
  );
}
