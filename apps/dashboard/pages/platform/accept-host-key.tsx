import { useMutation } from '@apollo/client/react';
import { type Platform, repinMutation } from '@kiln/client/platform-documents';
import { Button, Checkbox, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/notice.tsx';
import { changedHostKeys } from './changed-host-keys.ts';
import { HostKeyList } from './host-key-list.tsx';

/** Trusting another host key is a decision: it shows what is given up, what comes instead, and what that means. */
export function AcceptHostKey({ platform, prominent = false }: { readonly platform: Platform; readonly prominent?: boolean }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button size="compact-sm" variant={prominent ? 'filled' : 'default'} onClick={() => setOpened(true)}>
        {changedHostKeys(platform).length > 0 ? 'Accept the new host key…' : 'Pin anew…'}
      </Button>
      <Dialog opened={opened} onClose={() => setOpened(false)} title="Trust the host keys that are shown now?">
        <Decision platform={platform} onClose={() => setOpened(false)} />
      </Dialog>
    </>
  );
}

function Decision({ platform, onClose }: { readonly platform: Platform; onClose(): void }) {
  const [compared, setCompared] = useState(false);
  const [repin, { loading, error }] = useMutation(repinMutation);
  const met = changedHostKeys(platform);
  const confirm = async () => {
    // What fails is in `error`, shown below.
    const result = await repin({ variables: { name: platform.name } }).catch(() => null);
    if (result?.data) onClose();
  };
  return (
    <>
      <Text size="sm" fw={600}>
        Pinned until now
      </Text>
      <HostKeyList keys={platform.hostKeys} />
      <Text size="sm" fw={600} mt="sm">
        Shown now
      </Text>
      {met.length === 0 && <Text size="sm">The last check met no other key; the next connection pins what it is shown.</Text>}
      {met.map((fingerprint) => (
        <Text key={fingerprint} size="sm" className="mono" style={{ overflowWrap: 'anywhere', color: 'var(--kiln-blocked)' }}>
          {fingerprint}
        </Text>
      ))}
      <Text size="sm" mt="md">
        A host key changes when a machine is installed anew, or when somebody stands between you and it and reads along. Ask its
        administrator for the fingerprint, or look at the site’s own pages. Kiln then forgets the old keys and pins what it is shown at the
        next connection.
      </Text>
      <Checkbox
        mt="md"
        checked={compared}
        onChange={(event) => setCompared(event.currentTarget.checked)}
        label="I know why the key changed, or have compared the fingerprint."
      />
      {error && <Failure error={error} />}
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onClose} data-autofocus>
          Keep the old
        </Button>
        <Button color="red.9" disabled={!compared} loading={loading} onClick={() => void confirm()}>
          Trust and check again
        </Button>
      </Group>
    </>
  );
}
