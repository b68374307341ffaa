import type { Platform } from '@kiln/client/platform-documents';
import { Text } from '@mantine/core';
import { AcceptHostKey } from './accept-host-key.tsx';
import { HostKeyList } from './host-key-list.tsx';
import { Panel } from './panel.tsx';

export function HostKeysPanel({ platform }: { readonly platform: Platform }) {
  const { connection, hostKeys, owned } = platform;
  if (!connection) return null;
  return (
    <Panel title="Host keys" aside={owned && hostKeys.length > 0 && <AcceptHostKey platform={platform} />}>
      <Text size="sm" c="dimmed" mb="xs">
        {hostKeys.length === 0
          ? 'The first connection shows them; from then on Kiln refuses to connect if they change.'
          : 'Pinned on first sight: if one changes, Kiln refuses to connect until you accept it.'}
      </Text>
      {hostKeys.length > 0 && <HostKeyList keys={hostKeys} />}
    </Panel>
  );
}
