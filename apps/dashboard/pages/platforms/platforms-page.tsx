import { useQuery } from '@apollo/client/react';
import { type Platform, platformChangedSubscription, platformFields, platformsQuery } from '@kiln/client/platform-documents';
import { Anchor, Button, Code, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { client } from '../../lib/client.ts';
import { useFollow } from '../../lib/live.ts';
import { useWhenLive } from '../../lib/use-when-live.ts';
import { Empty, Failure, Loading } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { PlatformRows } from './platform-rows.tsx';

/** Of the jobs there, of the connections and of new platforms nothing tells. */
const LOOK_AGAIN = 5000;

export function PlatformsPage() {
  const { data, error, refetch } = useQuery(platformsQuery, { fetchPolicy: 'cache-and-network', pollInterval: LOOK_AGAIN });
  useFollow('platforms', platformChangedSubscription, {
    variables: () => ({}),
    message: ({ platformChanged: data }) => {
      client.cache.writeFragment({ fragment: platformFields, fragmentName: 'PlatformFields', data });
    },
  });
  useWhenLive(() => void refetch().catch(() => undefined)); // what fails is in `error`
  const platforms = data?.platforms;
  return (
    <Page
      name="Platforms"
      heading="Platforms"
      aside={
        <Group gap="xs">
          {platforms?.some(isCloud) && (
            <Button component={Link} to="/machines" size="sm" variant="default">
              Rented machines
            </Button>
          )}
          <Button component={Link} to="/platforms/new" size="sm">
            Register a platform
          </Button>
        </Group>
      }
    >
      {error && <Failure error={error} retry={() => void refetch()} />}
      {!platforms && !error && <Loading what="platforms" />}
      {platforms && platforms.length > 0 && <PlatformRows platforms={platforms} />}
      {platforms && !platforms.some(isRemote) && <NothingRegistered />}
    </Page>
  );
}

function NothingRegistered() {
  return (
    <div style={{ marginTop: 20 }}>
      <Empty title="Run on your servers and clusters, too">
        Everything runs on this machine so far.{' '}
        <Anchor component={Link} to="/platforms/new" size="sm" underline="always">
          Register a platform
        </Anchor>
        : a server or a cluster (Slurm, PBS, Grid Engine) that you can log in to over SSH. Kiln looks whether all it needs is there, and
        from then on every connector that fits may run on it. Nothing has to be installed there. An S3 bucket can keep results, a web server
        can have input.
        <Text component="span" size="sm" display="block" mt={8}>
          From the command line: <Code>kiln platform add</Code>
        </Text>
      </Empty>
    </div>
  );
}

/** Where machines cost money. */
function isCloud({ kind, provider }: Platform): boolean {
  return kind === 'cloud' && provider !== 'local';
}

function isRemote({ provider }: Platform): boolean {
  return provider !== 'local';
}
