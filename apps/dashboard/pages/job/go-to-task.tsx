import { TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Icon } from '../../parts/icon.tsx';

export function GoToTask({ onGo }: { onGo(task: number): void }) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const number = Number(text);
    if (Number.isSafeInteger(number) && number > 0) onGo(number);
  };
  return (
    <form onSubmit={submit} role="search">
      <TextInput
        data-search
        aria-label="Go to task number"
        placeholder="Go to task"
        size="xs"
        w={130}
        inputMode="numeric"
        leftSection={<Icon name="search" size={12} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </form>
  );
}
