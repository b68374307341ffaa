import { useMutation, useQuery } from '@apollo/client/react';
import { costLimitMutation, type Spending, spendingQuery } from '@kiln/client/machine-documents';
import { Button, Group, NumberInput, Text } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { money } from '../../lib/time.ts';
import { Failure } from '../../parts/notice.tsx';

/** Milliseconds until it is read again. */
const PAUSE = 15_000;

/** What the machines of whoever looks have cost of late, and what they may. */
export function Costs() {
  const { data, error, refetch } = useQuery(spendingQuery, { fetchPolicy: 'network-only', pollInterval: PAUSE });
  if (error) return <Failure error={error} retry={() => void refetch()} />;
  return data ? <Spent spending={data.spending} changed={() => void refetch()} /> : null;
}

interface SpentProps {
  readonly spending: Spending;
  changed(): void;
}

function Spent({ spending: { days, spent, perHour, limit }, changed }: SpentProps) {
  const [changing, setChanging] = useState(false);
  return (
    <Group className="panel" p="md" mb="lg" justify="space-between">
      <div>
        <Text size="xs" c="dimmed">
          Spent within {days} days
        </Text>
        <Text fw={600} className="tabular">
          {money(spent)}
        </Text>
        <Text size="sm" c="dimmed">
          {perHour > 0 && `${money(perHour)} an hour now. `}
          {limit === null ? 'No limit.' : `At ${money(limit)} jobs on clouds are ended.`}
        </Text>
      </div>
      {changing ? (
        <LimitForm
          limit={limit}
          done={() => {
            setChanging(false);
            changed();
          }}
        />
      ) : (
        <Button variant="default" onClick={() => setChanging(true)}>
          {limit === null ? 'Set a limit' : 'Change the limit'}
        </Button>
      )}
    </Group>
  );
}

function LimitForm({ limit, done }: { readonly limit: number | null; done(): void }) {
  const [amount, setAmount] = useState<number | string>(limit ?? '');
  const [set, { error, loading }] = useMutation(costLimitMutation);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // What fails is in `error`, shown below.
    const result = await set({ variables: { limit: amount === '' ? null : Number(amount) } }).catch(() => null);
    if (result?.data) done();
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Group align="flex-end" gap="sm">
        <NumberInput
          label="Cost limit"
          description="For all your machines within 30 days; blank is no limit"
          value={amount}
          onChange={setAmount}
          min={0}
          hideControls
          data-autofocus
        />
        <Button type="submit" loading={loading}>
          Save
        </Button>
        <Button variant="default" onClick={done}>
          Cancel
        </Button>
      </Group>
      {error && <Failure error={error} />}
    </form>
  );
}
