import { useApolloClient } from '@apollo/client/react';
import { jobEventsSubscription, jobFields } from '@kiln/client/documents';
import { hasEnded } from '@kiln/domain';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import {
  gridQuery,
  type JobEvent,
  type JobPageData,
  jobCurationQuery,
  jobNodesQuery,
  reliabilityQuery,
  stageTimesQuery,
} from '../../lib/documents.ts';
import { useFollow } from '../../lib/live.ts';
import type { Trouble } from '../../lib/trouble.ts';
import { JobFeed } from './job-feed.ts';
import { useThrottled } from './use-throttled.ts';

/** Events that come so late are not worth waiting for: the grid as a whole is read sooner. */
const FAR_BEHIND = 3000;

const READ_NOTES_EVERY = 10_000;
const READ_CURATION_EVERY = 2000;

/** Follows a job from the state in which its page was read; writes the job itself into the cache. */
export function useJobFeed(
  initial: JobPageData,
  iteration: number | undefined,
): { readonly feed: JobFeed; readonly trouble: Trouble | null } {
  const client = useApolloClient();
  const [feed] = useState(() => new JobFeed(initial));
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const position = useRef(initial.lastSeq);
  const { id } = initial;
  const readGrid = useThrottled(800, () =>
    feed.replaceGrid(async () => {
      const { data } = await client.query({ query: gridQuery, variables: { id, iteration: iteration ?? null }, fetchPolicy: 'no-cache' });
      return data?.job ?? null;
    }),
  );
  const readTimes = useThrottled(400, () => client.query({ query: stageTimesQuery, variables: { id }, fetchPolicy: 'network-only' }));
  const readNodes = useThrottled(1000, () => client.query({ query: jobNodesQuery, variables: { id }, fetchPolicy: 'network-only' }));
  const readReliability = useThrottled(1500, () =>
    client.query({ query: reliabilityQuery, variables: { id }, fetchPolicy: 'network-only' }),
  );

  const readCuration = useThrottled(1500, () => client.query({ query: jobCurationQuery, variables: { id }, fetchPolicy: 'network-only' }));
  // What is published while the job gives back nothing more is no event.
  const publishing = initial.curation !== null && initial.stage === 'destroy' && !hasEnded(initial.status);
  useEffect(() => {
    if (!publishing) return undefined;
    const timer = setInterval(readCuration, READ_CURATION_EVERY);
    return () => clearInterval(timer);
  }, [publishing, readCuration]);

  // Why tasks wait in the queue of a cluster changes without an event.
  const queued = !hasEnded(initial.status) && initial.counts.waiting + initial.counts.scheduled > 0;
  useEffect(() => {
    if (!queued) return undefined;
    const timer = setInterval(readNodes, READ_NOTES_EVERY);
    return () => clearInterval(timer);
  }, [queued, readNodes]);

  useFollow(id, jobEventsSubscription, {
    variables: () => ({ id, after: position.current }),
    message: ({ jobEvents: { events, job, lastSeq } }) => {
      position.current = Math.max(position.current, lastSeq);
      setTrouble(null);
      client.cache.writeFragment({ fragment: jobFields, fragmentName: 'JobFields', data: job });
      feed.push(events);
      if (events.some(({ kind }) => kind === 'job')) readTimes();
      if (initial.curation !== null && events.some(({ kind }) => kind === 'job' || kind === 'note')) readCuration();
      if (events.some(({ kind }) => kind === 'node' || kind === 'task')) readNodes();
      if (events.some(tellsOfReliability)) readReliability();
      const shown = iteration ?? job.iteration;
      const behind = job.lastSeq - lastSeq > FAR_BEHIND;
      if (behind || feed.grid.iteration !== shown || (shown === job.iteration && feed.grid.states.length !== job.counts.total)) readGrid();
    },
    refused: setTrouble,
  });

  const [asked, setAsked] = useState(iteration);
  useEffect(() => {
    if (asked === iteration) return;
    setAsked(iteration);
    readGrid();
  }, [asked, iteration, readGrid]);
  // A page opened at an earlier iteration came with the grid of the current one.
  useEffect(() => {
    if (iteration !== undefined && feed.grid.iteration !== iteration) readGrid();
  }, [feed, iteration, readGrid]);
  return { feed, trouble };
}

/** Failures, retries and iterations change with it, or may. */
function tellsOfReliability({ kind, from, to }: JobEvent): boolean {
  return kind === 'job' || kind === 'note' || (kind === 'task' && (from === 'failed' || to === 'failed'));
}

/** Draws anew when the feed has taken something over. */
export function useFeedVersion(feed: JobFeed): number {
  return useSyncExternalStore(feed.subscribe, feed.getVersion);
}
