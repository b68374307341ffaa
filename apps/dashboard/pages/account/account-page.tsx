import { useMutation, useQuery } from '@apollo/client/react';
import { viewerQuery } from '@kiln/client/documents';
import { Button, Group, Text } from '@mantine/core';
import { signOutMutation } from '../../lib/documents.ts';
import { reportSignedOut } from '../../lib/session.ts';
import { Failure, Loading } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { Tokens } from './tokens.tsx';

export function AccountPage() {
  const { data, error, refetch } = useQuery(viewerQuery);
  return (
    <Page name="Account" heading="Account">
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!data && !error && <Loading what="your account" />}
      {data && (
        <Group className="panel" p="md" mb="xl" justify="space-between">
          <div>
            <Text size="xs" c="dimmed">
              Signed in as
            </Text>
            <Text fw={600}>{data.viewer.name}</Text>
            <Text size="sm" c="dimmed">
              {data.viewer.administrator ? 'Administrator' : 'User'}
            </Text>
          </div>
          <SignOut />
        </Group>
      )}
      <Tokens />
    </Page>
  );
}

function SignOut() {
  const [signOut, { loading, error }] = useMutation(signOutMutation, { onCompleted: reportSignedOut });
  return (
    <>
      {error && <Failure error={error} />}
      <Button variant="default" loading={loading} onClick={() => void signOut().catch(() => undefined)}>
        Sign out
      </Button>
    </>
  );
}
