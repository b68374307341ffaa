import { useMutation } from '@apollo/client/react';
import { cancelSweepMutation, extendSweepMutation, retrySweepMutation, type Sweep } from '@kiln/client/sweep-documents';
import { hasEnded } from '@kiln/domain';
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { many } from '../../lib/time.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/notice.tsx';
import { NO_OVER, OverEditor } from '../submit/over-editor.tsx';

interface SweepActionsProps {
  readonly sweep: Sweep;
  readonly names: readonly string[];
}

export function SweepActions({ sweep, names }: SweepActionsProps) {
  const { id, counts, directory } = sweep;
  const [asked, setAsked] = useState<'cancel' | 'extend' | null>(null);
  const [cancel, cancelling] = useMutation(cancelSweepMutation);
  const [retry, retrying] = useMutation(retrySweepMutation);
  const again = counts.failed + counts.cancelled;
  const error = cancelling.error ?? retrying.error;
  // What fails is in the mutations' errors, shown below.
  const confirm = async () => {
    setAsked(null);
    await cancel({ variables: { id } }).catch(() => undefined);
  };
  return (
    <Group gap="xs">
      {!hasEnded(sweep.status) && (
        <Button size="sm" variant="default" onClick={() => setAsked('cancel')} loading={cancelling.loading}>
          Cancel sweep
        </Button>
      )}
      {again > 0 && (
        <Button
          size="sm"
          onClick={() => void retry({ variables: { id } }).catch(() => undefined)}
          loading={retrying.loading}
          title="Jobs that failed or were cancelled go on with the tasks that did not succeed."
        >
          Retry {many(again, 'job')}
        </Button>
      )}
      <Button size="sm" variant="default" onClick={() => setAsked('extend')}>
        Extend…
      </Button>
      {error && <Failure error={error} />}
      <Confirm
        opened={asked === 'cancel'}
        title={`Cancel ${directory}?`}
        action="Cancel the sweep"
        onConfirm={() => void confirm()}
        onClose={() => setAsked(null)}
      >
        Jobs that wait do not begin, those that run are stopped. What has come home stays. You can retry the rest later.
      </Confirm>
      {asked === 'extend' && <Extend sweep={sweep} names={names} onClose={() => setAsked(null)} />}
    </Group>
  );
}

function Extend({ sweep, names, onClose }: SweepActionsProps & { onClose(): void }) {
  const start = sweep.over.at(-1);
  const [draft, setDraft] = useState({ ...NO_OVER, over: start });
  const [extend, { loading, error, data }] = useMutation(extendSweepMutation);
  const problems = data?.extendSweep.problems ?? [];
  const send = async () => {
    const result = await extend({ variables: { id: sweep.id, over: draft.over } }).catch(() => null); // shown below
    if (result?.data?.extendSweep.sweep && result.data.extendSweep.added > 0) onClose();
  };
  return (
    <Dialog opened onClose={onClose} title={`Extend ${sweep.directory}`} size="lg">
      <Text size="sm" mb="sm">
        Points that the sweep has already are left out.
      </Text>
      <OverEditor start={start} sweepable={names} errors={problems.map(({ message }) => message)} onChange={setDraft} />
      {error && <Failure error={error} />}
      {data?.extendSweep.sweep && data.extendSweep.added === 0 && (
        <Text size="sm" role="status">
          The sweep has all these points already.
        </Text>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        <Button disabled={draft.problem !== null} loading={loading} onClick={() => void send()}>
          Add jobs
        </Button>
      </Group>
    </Dialog>
  );
}
