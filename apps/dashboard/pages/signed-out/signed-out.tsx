import { Button, Code, Text } from '@mantine/core';
import { Page } from '../../parts/page.tsx';

export function SignedOut() {
  return (
    <Page name="Signed out" heading="You are not signed in">
      <Text maw={620} mb="sm">
        Open the sign-in link that <Code>kiln up</Code> printed when it started. It works once, for a day.
      </Text>
      <Text maw={620} mb="lg">
        For a new link, run <Code>kiln sign-in</Code> on the machine where Kiln runs, then open what it prints.
      </Text>
      <Button variant="default" onClick={() => location.reload()}>
        I have signed in: try again
      </Button>
    </Page>
  );
}
