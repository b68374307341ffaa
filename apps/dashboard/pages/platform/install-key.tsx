import type { Platform } from '@kiln/client/platform-documents';
import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { loginText } from '../../lib/platform-words.ts';
import { CodeBlock } from '../../parts/code.tsx';
import { Panel } from './panel.tsx';

/** For whoever installs the key by hand. */
export function InstallKey({
  platform: { publicKey, connection },
  actions,
}: {
  readonly platform: Platform;
  readonly actions?: ReactNode;
}) {
  if (!publicKey || !connection) return null;
  return (
    <Panel title="To let Kiln in, install its public key" aside={actions}>
      <Text size="sm" mb="xs">
        Run this as {[...connection.jumps, connection].map(loginText).join(', and as ')}, or give the key to whoever looks after the
        machine; then check again.
      </Text>
      <CodeBlock text={command(publicKey)} label="command that installs the key" />
    </Panel>
  );
}

function command(publicKey: string): string {
  const line = `'${publicKey.trim().replaceAll("'", "'\\''")}'`;
  return `mkdir -p ~/.ssh && chmod 700 ~/.ssh && echo ${line} >> ~/.ssh/authorized_keys && chmod 600 ~/.ssh/authorized_keys`;
}
