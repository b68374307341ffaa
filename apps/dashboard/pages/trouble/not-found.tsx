import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Page } from '../../parts/page.tsx';

export function NotFound({ what = 'There is no such page.' }: { readonly what?: string }) {
  return (
    <Page name="Not found" heading="Not found">
      <Text mb="sm">{what} The address may be mistyped, or it belongs to somebody else's job.</Text>
      <Text>
        Go to{' '}
        <Anchor component={Link} to="/jobs" underline="always">
          your jobs
        </Anchor>{' '}
        or{' '}
        <Anchor component={Link} to="/" underline="always">
          the connectors
        </Anchor>
        .
      </Text>
    </Page>
  );
}
