import { Kbd, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Icon } from './icon.tsx';

interface SearchInputProps {
  readonly label: string;
  readonly value: string;
  onChange(value: string): void;
}

/** `/` anywhere on the page leads here. Tells what is typed after a short rest. */
export function SearchInput({ label, value, onChange }: SearchInputProps) {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  if (value !== seen) {
    setSeen(value);
    setText(value);
  }
  useEffect(() => {
    if (text === value) return undefined;
    const timer = setTimeout(() => onChange(text), 200);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <TextInput
      type="search"
      data-search
      aria-label={label}
      placeholder={label}
      size="sm"
      leftSection={<Icon name="search" />}
      rightSection={
        <Kbd size="xs" aria-hidden="true">
          /
        </Kbd>
      }
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Escape' && setText('')}
      style={{ flex: '1 1 200px', maxWidth: 340 }}
    />
  );
}
