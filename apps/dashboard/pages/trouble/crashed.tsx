import { Button, Code, Text } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { Page } from '../../parts/page.tsx';

/** The last resort: something on the page broke. Jobs do not care. */
export function Crashed({ error, reset }: ErrorComponentProps) {
  return (
    <Page name="Something broke" heading="This page broke">
      <Text mb="sm">Your jobs go on; only this view of them has a fault. Reload it; if it breaks again, report the line below.</Text>
      <Code block mb="md">
        {error instanceof Error ? error.message : String(error)}
      </Code>
      <Button variant="default" mr="sm" onClick={reset}>
        Try again
      </Button>
      <Button variant="default" onClick={() => location.reload()}>
        Reload
      </Button>
    </Page>
  );
}
