import type { Platform } from '@kiln/client/platform-documents';
import { Text } from '@mantine/core';
import { CodeBlock } from '../../parts/code.tsx';
import { Panel } from './panel.tsx';

export function PublicKeyPanel({ platform: { publicKey } }: { readonly platform: Platform }) {
  if (!publicKey) return null;
  return (
    <Panel title="Public key">
      <Text size="sm" c="dimmed" mb="xs">
        Kiln logs in with its other half. It is a line of <code className="mono">~/.ssh/authorized_keys</code> there.
      </Text>
      <CodeBlock text={publicKey} label="public key" />
    </Panel>
  );
}
