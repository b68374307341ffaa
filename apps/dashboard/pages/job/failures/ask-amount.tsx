import { megabytes, seconds } from '@kiln/domain';
import { Button, Group, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Dialog } from '../../../parts/dialog.tsx';
import { Failure } from '../../../parts/notice.tsx';
import type { RetryChoice } from './retry-choices.ts';
import { useRetryWith } from './use-retry-choices.ts';

const ASKED = {
  memory: { label: 'Memory of a task', example: '4 GB', read: megabytes },
  time: { label: 'Time of a task', example: '2h or 90m', read: seconds },
} as const;

interface AskAmountProps {
  readonly jobId: string;
  readonly choice: RetryChoice;
  onClose(): void;
}

/** Asks how much a task is to have on the next try, and retries. */
export function AskAmount({ jobId, choice: { what, parameter, amount, parameters }, onClose }: AskAmountProps) {
  const { label, example, read } = ASKED[what];
  const { loading, error, retryWith } = useRetryWith(jobId);
  const [text, setText] = useState(amount ?? '');
  const [wrong, setWrong] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (read(text) === null) return setWrong(true);
    const names = amount === null ? [parameter] : Object.keys(parameters);
    const result = await retryWith(Object.fromEntries(names.map((name) => [name, text.trim()])));
    if (result?.data) onClose();
  };
  return (
    <Dialog opened onClose={onClose} title={`Retry with more ${what}`}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <TextInput
          data-autofocus
          label={label}
          placeholder={example}
          description="For the tasks that did not succeed, and those after them."
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          error={wrong && read(text) === null ? `Write it as ${example}.` : undefined}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {error && <Failure error={error} />}
        <Group justify="flex-end" mt="lg" gap="sm">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button type="submit" loading={loading}>
            Retry failed
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
