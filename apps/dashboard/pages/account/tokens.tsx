import { useMutation, useQuery } from '@apollo/client/react';
import { createTokenMutation } from '@kiln/client/documents';
import { Button, Group, Table, Text, TextInput, Title } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type ApiToken, revokeTokenMutation, tokensQuery } from '../../lib/documents.ts';
import { Ago } from '../../parts/ago.tsx';
import { CodeBlock } from '../../parts/code.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Empty, Failure, Loading } from '../../parts/notice.tsx';
import { ScrollBox } from '../../parts/scroll-box.tsx';

/** Personal tokens for the command line and scripts. */
export function Tokens() {
  const { data, error, refetch } = useQuery(tokensQuery, { fetchPolicy: 'cache-and-network' });
  return (
    <section aria-labelledby="tokens">
      <Title order={2} id="tokens" mb={4}>
        API tokens
      </Title>
      <Text size="sm" c="dimmed" mb="md" maw={680}>
        For scripts and for the command line on other machines: they act as you. Give each use a token of its own, so that you can revoke
        one alone.
      </Text>
      <NewToken onCreated={() => void refetch()} />
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="tokens" />}
      {data?.apiTokens.length === 0 && <Empty title="No tokens yet">Create one above.</Empty>}
      {data && data.apiTokens.length > 0 && <TokenTable tokens={data.apiTokens} onRevoked={() => void refetch()} />}
    </section>
  );
}

function NewToken({ onCreated }: { onCreated(): void }) {
  const [name, setName] = useState('');
  const [create, { data, error, loading }] = useMutation(createTokenMutation);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // What fails is in `error`, shown below.
    const result = await create({ variables: { name: name.trim() } }).catch(() => null);
    if (!result?.data) return;
    setName('');
    onCreated();
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Group align="flex-end" gap="sm" mb="md">
        <TextInput
          label="What is it for?"
          placeholder="laptop"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={100}
          required
          style={{ flex: '0 1 300px' }}
        />
        <Button type="submit" loading={loading} disabled={name.trim() === ''}>
          Create token
        </Button>
      </Group>
      {error && <Failure error={error} />}
      {data && (
        <div role="status" style={{ marginBottom: 16 }}>
          <Text size="sm" fw={600} mb={4}>
            Copy “{data.createApiToken.apiToken.name}” now: it is shown this once.
          </Text>
          <CodeBlock text={data.createApiToken.token} label="token" />
        </div>
      )}
    </form>
  );
}

function TokenTable({ tokens, onRevoked }: { readonly tokens: readonly ApiToken[]; onRevoked(): void }) {
  const [asked, setAsked] = useState<ApiToken | null>(null);
  const [revoke, { error }] = useMutation(revokeTokenMutation, { onCompleted: onRevoked });
  const confirm = () => {
    if (asked) void revoke({ variables: { id: asked.id } }).catch(() => undefined); // shown below
    setAsked(null);
  };
  return (
    <>
      {error && <Failure error={error} />}
      <ScrollBox label="Your tokens" className="panel">
        <Table aria-label="API tokens" verticalSpacing="xs" miw={300}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th visibleFrom="xs">Created</Table.Th>
              <Table.Th>Last used</Table.Th>
              <Table.Th>
                <span className="visually-hidden">Actions</span>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {tokens.map((token) => (
              <Table.Tr key={token.id}>
                <Table.Td>{token.name}</Table.Td>
                <Table.Td visibleFrom="xs">
                  <Ago at={token.createdAt} />
                </Table.Td>
                <Table.Td>{token.lastUsedAt ? <Ago at={token.lastUsedAt} /> : 'Never'}</Table.Td>
                <Table.Td align="right">
                  <Button size="compact-xs" variant="default" onClick={() => setAsked(token)} aria-label={`Revoke ${token.name}`}>
                    Revoke
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollBox>
      <Confirm
        opened={asked !== null}
        title={`Revoke ${asked?.name ?? ''}?`}
        action="Revoke the token"
        onConfirm={confirm}
        onClose={() => setAsked(null)}
      >
        Whatever uses it can no longer reach Kiln.
      </Confirm>
    </>
  );
}
