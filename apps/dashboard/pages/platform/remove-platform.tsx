import { useApolloClient, useMutation } from '@apollo/client/react';
import { type Platform, type RefusedRemoval, removeMutation } from '@kiln/client/platform-documents';
import { Anchor, Button, Group, Text } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Confirm } from '../../parts/confirm.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/notice.tsx';
import { JobStatusLabel } from '../../parts/status.tsx';

/** Asks; and if jobs stand in the way, says which. */
export function RemovePlatform({ platform: { name } }: { readonly platform: Platform }) {
  const client = useApolloClient();
  const navigate = useNavigate();
  const [asked, setAsked] = useState(false);
  const [refused, setRefused] = useState<RefusedRemoval | null>(null);
  const [remove, { loading, error }] = useMutation(removeMutation);
  const confirm = async () => {
    // What fails is in `error`, shown in the dialog.
    const result = await remove({ variables: { name } }).catch(() => null);
    const answer = result?.data?.deletePlatform;
    if (!answer) return;
    setAsked(false);
    if (answer.problems.length > 0) return setRefused(answer);
    await navigate({ to: '/platforms' });
    client.cache.evict({ id: client.cache.identify({ __typename: 'Platform', name }) ?? '' });
  };
  return (
    <>
      <Button size="sm" variant="default" onClick={() => setAsked(true)}>
        Remove…
      </Button>
      <Confirm
        opened={asked}
        title={`Remove ${name}?`}
        action="Remove the platform"
        busy={loading}
        onConfirm={() => void confirm()}
        onClose={() => setAsked(false)}
      >
        Kiln forgets it and the key it logs in with. Its jobs and their results stay in the list; what lies on the machine stays there.
        {error && <Failure error={error} />}
      </Confirm>
      <Dialog opened={refused !== null} onClose={() => setRefused(null)} title={`${name} is still in use`}>
        {refused && <StillThere refused={refused} onClose={() => setRefused(null)} />}
      </Dialog>
    </>
  );
}

function StillThere({ refused: { problems, jobs }, onClose }: { readonly refused: RefusedRemoval; onClose(): void }) {
  return (
    <>
      {problems.map(({ message }) => (
        <Text key={message} size="sm">
          {message}
        </Text>
      ))}
      <ul style={{ margin: '12px 0 0', padding: 0, listStyle: 'none', maxHeight: 280, overflow: 'auto' }}>
        {jobs.map(({ id, directory, status }) => (
          <li key={id} style={{ display: 'flex', justifyContent: 'space-between', gap: 12, padding: '4px 0' }}>
            <Anchor component={Link} to={`/jobs/${id}`} size="sm" underline="always">
              {directory}
            </Anchor>
            <JobStatusLabel status={status} />
          </li>
        ))}
      </ul>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
    </>
  );
}
