import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Icon } from './icon.tsx';

export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const { copied, error, copy } = useClipboard({ timeout: 2000 });
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<Icon name={copied ? 'check' : 'copy'} />}
        aria-label={label}
        onClick={() => copy(text)}
      >
        {copied ? 'Copied' : error ? 'Not allowed: select it' : 'Copy'}
      </Button>
      <span aria-live="polite" className="visually-hidden">
        {copied ? 'Copied.' : ''}
      </span>
    </>
  );
}
