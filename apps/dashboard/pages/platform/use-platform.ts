import { useQuery } from '@apollo/client/react';
import { type Platform, platformChangedSubscription, platformQuery } from '@kiln/client/platform-documents';
import { useState } from 'react';
import { client } from '../../lib/client.ts';
import { useFollow } from '../../lib/live.ts';
import { useWhenLive } from '../../lib/use-when-live.ts';

/** Of the jobs there and of the connection nothing tells. */
const LOOK_AGAIN = 5000;

/** The platform, kept true by what the server tells; null: there is none, undefined: not known yet. */
export function usePlatform(name: string) {
  const { data, error, refetch } = useQuery(platformQuery, {
    variables: { name },
    fetchPolicy: 'cache-and-network',
    pollInterval: LOOK_AGAIN,
  });
  const [gone, setGone] = useState<string | null>(null);
  const write = (platform: Platform) => client.writeQuery({ query: platformQuery, variables: { name }, data: { platform } });
  useFollow(name, platformChangedSubscription, {
    variables: () => ({ name }),
    message: ({ platformChanged: platform }) => write(platform),
    refused: ({ code }) => setGone(code === 'NOT_FOUND' ? name : null),
  });
  useWhenLive(() => void refetch().catch(() => undefined)); // what fails is in `error`
  return { platform: gone === name ? null : data?.platform, error, reload: () => void refetch() };
}
