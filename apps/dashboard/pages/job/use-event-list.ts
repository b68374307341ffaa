import { useApolloClient } from '@apollo/client/react';
import type { EventKind } from '@kiln/domain';
import { useEffect, useMemo, useRef, useState } from 'react';
import { eventsQuery, type JobEvent, type JobPageData } from '../../lib/documents.ts';
import type { JobFeed } from './job-feed.ts';
import { useFeedVersion } from './use-job-feed.ts';

interface Loaded {
  readonly events: readonly JobEvent[];
  readonly end: string | null;
  readonly more: boolean;
}

/** The history of a job, newest first: what the feed has heard, before it what was read, page by page. */
export function useEventList(job: JobPageData, feed: JobFeed, kind: EventKind | null) {
  const client = useApolloClient();
  const version = useFeedVersion(feed);
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [loading, setLoading] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const load = async (after: string | null) => {
    setLoading(true);
    try {
      const { data } = await client.query({
        query: eventsQuery,
        variables: { id: job.id, first: 200, after, kinds: kind ? [kind] : null },
        fetchPolicy: 'no-cache',
      });
      const page = data?.job?.events;
      if (page)
        setLoaded((known) => ({
          events: after === null ? page.nodes : [...(known?.events ?? []), ...page.nodes],
          end: page.pageInfo.endCursor,
          more: page.pageInfo.hasNextPage,
        }));
      setError(null);
    } catch (trouble) {
      setError(trouble);
    }
    setLoading(false);
  };
  const begun = useRef(false);
  useEffect(() => {
    if (!begun.current) void load(null);
    begun.current = true;
  });

  const newest = loaded?.events[0]?.seq ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version stands for what is in the feed
  const heard = useMemo(
    () => feed.events.filter((event) => event.seq > newest && (kind === null || event.kind === kind)),
    [feed, version, newest, kind],
  );
  return {
    count: heard.length + (feed.truncated ? 0 : (loaded?.events.length ?? 0)),
    eventAt: (index: number): JobEvent | undefined =>
      index < heard.length ? heard[heard.length - 1 - index] : loaded?.events[index - heard.length],
    more: loaded?.more ?? false,
    truncated: feed.truncated,
    loading: loading || loaded === null,
    error,
    loadOlder: () => void load(loaded?.end ?? null),
  };
}
